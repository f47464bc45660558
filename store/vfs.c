// One more VFS in front of the system's: it gives the database sums of its pages (pagesum.c), and its log few long writes for many short
// ones (loggather.c).
#include "vfs.h"
#include <string.h>

typedef struct vfs {
	int version;
	int size_of_file;
	int longest_path;
	struct vfs *next;
	const char *name;
	void *data;
	int (*open)(struct vfs *, const char *, file *, int flags, int *given);
	void (*rest[15])(void);
} vfs;

// Defined by the SQLite that the driver brings. Weak, so that this package links alone too, as cgo does to look at it.
extern vfs *sqlite3_vfs_find(const char *) __attribute__((weak));
extern int sqlite3_vfs_register(vfs *, int as_default) __attribute__((weak));

extern file *sqlite3_database_file_object(const char *) __attribute__((weak));

static vfs *below, ours;

static int own_size(void) { return (below->size_of_file + 7) / 8 * 8; }

known *of(file *f) { return (known *)((char *)f + own_size()); }

// shm_lock lets nobody else write to a log of which something is still held back, be it of a transaction that was undone.
static int shm_lock(file *f, int offset, int n, int flags) {
	known *k = of(f);
	if (flags & UNLOCK && k->other != NULL)
		(void)hand_on(k->other); // what has ended is handed on already
	return k->below->shm_lock(f, offset, n, flags);
}

static int open_file(vfs *v, const char *name, file *f, int flags, int *given) {
	(void)v;
	int result = below->open(below, name, f, flags, given);
	if (result != OK || !(flags & (MAIN_DB | LOG)))
		return result;
	known *k = of(f);
	memset(k, 0, sizeof(*k));
	k->below = f->methods;
	int version = f->methods->version < 2 ? 1 : 2; // without the third's memory mapping, which reads past us
	size_t kept = version == 1 ? offsetof(methods, rest[6]) : offsetof(methods, more[2]);
	memcpy(&k->ours, f->methods, kept);
	k->ours.version = version;
	if (flags & MAIN_DB) {
		sum_pages(k);
		if (version == 2)
			k->ours.shm_lock = shm_lock;
	} else {
		k->other = sqlite3_database_file_object(name);
		of(k->other)->other = f;
		gather_log(k);
	}
	f->methods = &k->ours;
	return OK;
}

// vfs_begin puts the VFS in front of the system's, for every file that is opened from now on.
int vfs_begin(void) {
	if (below != NULL)
		return OK;
	vfs *found = sqlite3_vfs_find(NULL);
	if (found == NULL)
		return 1;
	below = found;
	ours = *found;
	ours.name = "sinergi";
	ours.size_of_file = own_size() + (int)sizeof(known);
	ours.open = open_file;
	return sqlite3_vfs_register(&ours, 1);
}
