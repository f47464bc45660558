// A disk of our own between SQLite and the kernel, for the tests of power cuts and of disks that fail (docs/reference/reliability.md).
//
// Preloaded into a process (LD_PRELOAD), it writes down in a log what the process does to the files of one folder: writes, cuts, syncs,
// files that are made or unlinked. A sync waits a moment, as a disk does, and is written down instead of done. After the process was
// killed, the test plays the log: what was synced is there, what was not is there in part or not at all (store/storetest/disk.go).
// SQLite alone goes through the C library; what Go itself writes, the keys, goes past this file and is as it is.
//
//	DISK_FOLDER  the folder whose files are looked after; nothing is without it
//	DISK_LOG     where to write it down
//	DISK_FAULT   "sync 7": the 7th sync fails with EIO and what it was to save is lost; "half 7": the 7th write writes half and fails;
//	             "lie 7": the 7th sync loses the same and says that all is well; "kill 7": the process is gone before the 7th of either
//	DISK_FORGET  end of a file's name: syncs of such files are left out. "-wal" is synchronous=NORMAL between two checkpoints.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { FDS = 4096, LATENCY_US = 1000 };

// What happened, as the log has it: this and then size bytes.
struct happened {
	uint64_t what; // a letter
	uint64_t file; // inode
	uint64_t at;   // offset, length or, of a fault, microseconds since 1970
	uint64_t size;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // the log has the order in which things happened
static const char *folder, *forget;
static char fault[8];
static long fault_at, syncs, writes;
static int book = -1;
static char *names[FDS]; // of the open files that are looked after, by descriptor

static int (*next_open)(const char *, int, ...);
static int (*next_close)(int);
static int (*next_unlink)(const char *);
static int (*next_ftruncate)(int, off_t);
static ssize_t (*next_write)(int, const void *, size_t);
static ssize_t (*next_pwrite)(int, const void *, size_t, off_t);
static int (*next_fsync)(int);

__attribute__((constructor)) static void begin(void) {
	next_open = dlsym(RTLD_NEXT, "open");
	next_close = dlsym(RTLD_NEXT, "close");
	next_unlink = dlsym(RTLD_NEXT, "unlink");
	next_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
	next_write = dlsym(RTLD_NEXT, "write");
	next_pwrite = dlsym(RTLD_NEXT, "pwrite");
	next_fsync = dlsym(RTLD_NEXT, "fsync");
	folder = getenv("DISK_FOLDER");
	forget = getenv("DISK_FORGET");
	if (getenv("DISK_FAULT"))
		sscanf(getenv("DISK_FAULT"), "%7s %ld", fault, &fault_at);
	if (folder && getenv("DISK_LOG"))
		book = next_open(getenv("DISK_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (folder && book < 0) {
		perror("disk.c: DISK_LOG");
		_exit(9);
	}
}

// ends tells whether name ends so.
static int ends(const char *name, const char *so) {
	size_t n = strlen(name), m = strlen(so);
	return n >= m && strcmp(name + n - m, so) == 0;
}

// ours tells whether a path is the folder or in it. The index of the log (-shm) is made anew after every start.
static int ours(const char *path) { return folder && strncmp(path, folder, strlen(folder)) == 0 && !ends(path, "-shm"); }

static int known(int fd) { return fd >= 0 && fd < FDS && names[fd]; }

static uint64_t inode(int fd) {
	struct stat st;
	return fstat(fd, &st) == 0 ? st.st_ino : 0;
}

static int is_folder(int fd) {
	struct stat st;
	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

// note appends to the log; what cannot be noted must not happen.
static void note(char what, uint64_t file, uint64_t at, const void *bytes, size_t size) {
	struct happened h = {what, file, at, size};
	struct iovec parts[] = {{&h, sizeof h}, {(void *)bytes, size}};
	if (writev(book, parts, 2) != (ssize_t)(sizeof h + size))
		_exit(9);
}

// due tells whether the fault of this kind is to happen now, to the file fd.
static int due(const char *kind, long n, int fd) {
	if (n != fault_at || strcmp(fault, kind) != 0)
		return 0;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	note('F', 0, now.tv_sec * 1000000ULL + now.tv_nsec / 1000, names[fd], strlen(names[fd]));
	return 1;
}

static void perhaps_killed(int fd) {
	if (due("kill", syncs + writes, fd))
		kill(getpid(), SIGKILL);
}

static int opened(const char *path, int flags, mode_t mode) {
	if (!ours(path))
		return next_open(path, flags, mode);
	pthread_mutex_lock(&lock);
	int was = access(path, F_OK) == 0;
	int fd = next_open(path, flags, mode);
	if (fd >= 0 && fd < FDS) {
		free(names[fd]);
		names[fd] = strdup(path);
		if (!is_folder(fd))
			note(was ? 'O' : 'C', inode(fd), 0, path, strlen(path));
	}
	pthread_mutex_unlock(&lock);
	return fd;
}

static mode_t mode_of(int flags, va_list rest) { return flags & O_CREAT ? va_arg(rest, mode_t) : 0; }

int open(const char *path, int flags, ...) {
	va_list rest;
	va_start(rest, flags);
	mode_t mode = mode_of(flags, rest);
	va_end(rest);
	return opened(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
	va_list rest;
	va_start(rest, flags);
	mode_t mode = mode_of(flags, rest);
	va_end(rest);
	return opened(path, flags, mode);
}

int close(int fd) {
	pthread_mutex_lock(&lock);
	if (known(fd)) {
		free(names[fd]);
		names[fd] = NULL;
	}
	pthread_mutex_unlock(&lock);
	return next_close(fd);
}

int unlink(const char *path) {
	if (!ours(path))
		return next_unlink(path);
	pthread_mutex_lock(&lock);
	int result = next_unlink(path);
	if (result == 0)
		note('U', 0, 0, path, strlen(path));
	pthread_mutex_unlock(&lock);
	return result;
}

static int cut(int fd, off_t size) {
	if (!known(fd))
		return next_ftruncate(fd, size);
	pthread_mutex_lock(&lock);
	int result = next_ftruncate(fd, size);
	if (result == 0)
		note('T', inode(fd), size, NULL, 0);
	pthread_mutex_unlock(&lock);
	return result;
}

int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size); }

// put writes size bytes at a place, or where the file stands if at is below 0.
static ssize_t put(int fd, const void *bytes, size_t size, off_t at) {
	if (!known(fd))
		return at < 0 ? next_write(fd, bytes, size) : next_pwrite(fd, bytes, size, at);
	pthread_mutex_lock(&lock);
	writes++;
	perhaps_killed(fd);
	int half = due("half", writes, fd);
	if (half)
		size /= 2;
	off_t from = at < 0 ? lseek(fd, 0, SEEK_CUR) : at;
	ssize_t done = at < 0 ? next_write(fd, bytes, size) : next_pwrite(fd, bytes, size, at);
	if (done > 0)
		note('W', inode(fd), from, bytes, done);
	pthread_mutex_unlock(&lock);
	if (!half)
		return done;
	errno = EIO;
	return -1;
}

ssize_t write(int fd, const void *bytes, size_t size) { return put(fd, bytes, size, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) { return put(fd, bytes, size, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) { return put(fd, bytes, size, at); }

// saved is a sync: what was written before it is safe once it has been noted. After one that fails the kernel calls the pages clean, so a
// second one says that all is well, and they are lost all the same (E). A folder's own sync never fails here: SQLite does not ask.
static int saved(int fd) {
	if (!known(fd))
		return next_fsync(fd);
	usleep(LATENCY_US);
	pthread_mutex_lock(&lock);
	int fails = 0;
	if (is_folder(fd)) {
		note('D', 0, 0, NULL, 0);
	} else {
		syncs++;
		perhaps_killed(fd);
		fails = due("sync", syncs, fd);
		int lies = due("lie", syncs, fd);
		if (fails || lies)
			note('E', inode(fd), 0, NULL, 0);
		else if (!forget || !ends(names[fd], forget))
			note('S', inode(fd), 0, NULL, 0);
	}
	pthread_mutex_unlock(&lock);
	if (!fails)
		return 0;
	errno = EIO;
	return -1;
}

int fsync(int fd) { return saved(fd); }
int fdatasync(int fd) { return saved(fd); }
