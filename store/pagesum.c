// A sum at the end of each page of the database: made when the page is written, looked at when it is read. SQLite itself believes what
// it reads; a flipped bit in a time, a unit or a pointer would be served as if it had been written. See pagesum.go.
//
// It stands between SQLite and the operating system, as one more VFS (https://sqlite.org/vfs.html), and touches two methods of the main
// database file. Of SQLite's interface it needs these few lines, declared here so that no header has to be installed; they are fixed
// since 3.6 and 3.7.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { OK = 0, IOERR_DATA = 10 | 32 << 8, MAIN_DB = 0x100, SUM = 8 };

typedef struct methods methods;

typedef struct {
	const methods *methods;
} file;

struct methods {
	int version;
	int (*close)(file *);
	int (*read)(file *, void *, int size, int64_t at);
	int (*write)(file *, const void *, int size, int64_t at);
	void (*rest[15])(void); // those that we leave as they are
};

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

// Behind the file of the VFS below stands what we know of it.
typedef struct {
	const methods *below;
	methods ours;
	int page; // bytes of a page; 0 while the file has no sums
} summed;

static vfs *below, ours;

static int own_size(void) { return (below->size_of_file + 7) / 8 * 8; }

static summed *of(file *f) { return (summed *)((char *)f + own_size()); }

// sum is of a page without its last 8 bytes, and of its place. Each step is one to one in what it takes in, so that no single word that
// changed goes unseen; of larger damage one in 2^64.
static uint64_t sum(const unsigned char *page, int size, int64_t at) {
	uint64_t h = 0x9e3779b97f4a7c15u ^ (uint64_t)at;
	for (int i = 0; i < size - SUM; i += 8) {
		uint64_t word;
		memcpy(&word, page + i, 8);
		h = (h ^ word) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	return h;
}

// learn reads the header of the file: its pages have sums if each keeps 8 bytes at its end.
static void learn(summed *s, const unsigned char *header) {
	int page = header[16] << 8 | header[17];
	s->page = header[20] == SUM ? page == 1 ? 65536 : page : 0;
}

static int whole_page(const summed *s, int size, int64_t at) { return s->page != 0 && size == s->page && at % size == 0; }

static int read_page(file *f, void *bytes, int size, int64_t at) {
	summed *s = of(f);
	int result = s->below->read(f, bytes, size, at);
	if (result != OK)
		return result;
	if (at == 0 && size >= 100)
		learn(s, bytes);
	if (whole_page(s, size, at)) {
		uint64_t want = sum(bytes, size, at);
		if (memcmp((char *)bytes + size - SUM, &want, SUM) != 0)
			return IOERR_DATA;
	}
	return OK;
}

static int write_page(file *f, const void *bytes, int size, int64_t at) {
	summed *s = of(f);
	if (at == 0 && size >= 512)
		learn(s, bytes);
	if (whole_page(s, size, at)) {
		uint64_t made = sum(bytes, size, at);
		memcpy((char *)bytes + size - SUM, &made, SUM); // SQLite leaves these bytes to us
	}
	return s->below->write(f, bytes, size, at);
}

static int open_file(vfs *v, const char *name, file *f, int flags, int *given) {
	(void)v;
	int result = below->open(below, name, f, flags, given);
	if (result != OK || !(flags & MAIN_DB))
		return result;
	summed *s = of(f);
	s->below = f->methods;
	s->page = 0;
	int version = f->methods->version < 2 ? 1 : 2; // without the third's memory mapping, which reads past us
	int kept = version == 1 ? 9 : 13;              // methods that this version has besides
	memcpy(&s->ours, f->methods, offsetof(methods, rest) + kept * sizeof(s->ours.rest[0]));
	s->ours.version = version;
	s->ours.read = read_page;
	s->ours.write = write_page;
	f->methods = &s->ours;
	return OK;
}

// sums_begin puts the VFS in front of the system's, for every file that is opened from now on.
int sums_begin(void) {
	if (below != NULL)
		return OK;
	vfs *found = sqlite3_vfs_find(NULL);
	if (found == NULL)
		return 1;
	below = found;
	ours = *found;
	ours.name = "sums";
	ours.size_of_file = own_size() + (int)sizeof(summed);
	ours.open = open_file;
	return sqlite3_vfs_register(&ours, 1);
}
