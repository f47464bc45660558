// SQLite appends each page to its log with two writes, of its header and of itself, some 50,000 of them in a second of filings, and the
// kernel takes as long for them as SQLite for its trees. Here they are gathered and handed on together: when the frame that ends a
// transaction is whole, before any look at the file, when the buffer is full, and before another may write. So at each moment when SQLite lets others read
// the log, or asks for what it has written, the file is as if nothing had stood between. Only appending is gathered; whatever SQLite
// writes at an earlier place goes straight on.
#include "vfs.h"
#include <stdlib.h>
#include <string.h>

enum {
	GATHERED = 1 << 16, // bytes; a longer write costs the kernel as much a page
	HEADER = 24,        // of a frame; its second word is not 0 if the frame ends a transaction (https://sqlite.org/fileformat2.html#walformat)
	ENDS = 4,
};

int hand_on(file *f) {
	known *k = of(f);
	gathered *g = &k->log;
	int size = g->size;
	g->size = 0; // if it fails, SQLite is told and undoes the transaction
	return size == 0 ? OK : k->below->write(f, g->bytes, size, g->at);
}

// write_frame is called for a frame's header and then for its page.
static int write_frame(file *f, const void *bytes, int size, int64_t at) {
	known *k = of(f);
	gathered *g = &k->log;
	int begins = size == HEADER && at >= g->end;
	int goes_on = g->size > 0 && at == g->at + g->size;
	int result = goes_on && g->size + size <= GATHERED ? OK : hand_on(f);
	if (result != OK)
		return result;
	if (at == 0) // the log begins anew
		g->end = 0;
	if (at + size > g->end)
		g->end = at + size;
	if (!begins && !goes_on)
		return k->below->write(f, bytes, size, at);
	if (g->bytes == NULL && (g->bytes = malloc(GATHERED)) == NULL)
		return NO_MEMORY;
	if (g->size == 0)
		g->at = at;
	memcpy(g->bytes + g->size, bytes, size);
	g->size += size;
	if (size == HEADER) {
		g->ends = memcmp((const char *)bytes + ENDS, "\0\0\0\0", 4) != 0;
		return OK;
	}
	return g->ends ? hand_on(f) : OK;
}

static int read_log(file *f, void *bytes, int size, int64_t at) {
	int result = hand_on(f);
	return result != OK ? result : of(f)->below->read(f, bytes, size, at);
}

static int truncate_log(file *f, int64_t size) {
	int result = hand_on(f);
	return result != OK ? result : of(f)->below->truncate(f, size);
}

static int sync_log(file *f, int flags) {
	int result = hand_on(f);
	return result != OK ? result : of(f)->below->sync(f, flags);
}

static int size_of_log(file *f, int64_t *size) {
	int result = hand_on(f);
	return result != OK ? result : of(f)->below->size(f, size);
}

static int close_log(file *f) {
	(void)hand_on(f); // of a transaction that never ended
	of(of(f)->other)->other = NULL;
	free(of(f)->log.bytes);
	return of(f)->below->close(f);
}

void gather_log(known *k) {
	k->ours.write = write_frame;
	k->ours.read = read_log;
	k->ours.truncate = truncate_log;
	k->ours.sync = sync_log;
	k->ours.size = size_of_log;
	k->ours.close = close_log;
}
