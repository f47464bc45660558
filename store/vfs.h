// What the files of this package know of SQLite's interface to the operating system (https://sqlite.org/vfs.html), declared here so that no
// header has to be installed; it is fixed since 3.6 and 3.7.
#include <stddef.h>
#include <stdint.h>

enum { OK = 0, NO_MEMORY = 7, IOERR_DATA = 10 | 32 << 8, MAIN_DB = 0x100, LOG = 0x80000, UNLOCK = 1 };

typedef struct methods methods;

typedef struct {
	const methods *methods;
} file;

struct methods {
	int version;
	int (*close)(file *);
	int (*read)(file *, void *, int size, int64_t at);
	int (*write)(file *, const void *, int size, int64_t at);
	int (*truncate)(file *, int64_t size);
	int (*sync)(file *, int flags);
	int (*size)(file *, int64_t *);
	void (*rest[7])(void); // those that we leave as they are
	int (*shm_lock)(file *, int offset, int n, int flags);
	void (*more[4])(void);
};

// gathered is what was written to the log and not yet handed on.
typedef struct {
	unsigned char *bytes; // NULL until the first write
	int size;
	int64_t at;
	int64_t end; // of what this handle has appended since the log began
	int ends;    // the frame that is being written ends a transaction
} gathered;

// Behind the system's file stands what we know of it.
typedef struct {
	const methods *below;
	methods ours;
	int page; // of the database: bytes of a page; 0 while the file has no sums
	gathered log;
	file *other; // of the database its log, and of a log its database
} known;

known *of(file *);

void sum_pages(known *);  // pagesum.c
void gather_log(known *); // loggather.c
int hand_on(file *log);   // loggather.c
