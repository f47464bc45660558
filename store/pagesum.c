// A sum at the end of each page of the database: made when the page is written, looked at when it is read. SQLite itself believes what
// it reads; a flipped bit in a time, a unit or a pointer would be served as if it had been written. See pagesum.go.
#include "vfs.h"
#include <string.h>

enum { SUM = 8 };

// step takes in a word. It is one to one in what it takes, so that no single word that changed goes unseen; of larger damage one in 2^64.
static uint64_t step(uint64_t h, const unsigned char *word) {
	uint64_t w;
	memcpy(&w, word, 8);
	h = (h ^ w) * 0xff51afd7ed558ccdu;
	return h ^ h >> 32;
}

static uint64_t start(int64_t at) { return 0x9e3779b97f4a7c15u ^ (uint64_t)at; }

// sum is of a page without its last 8 bytes, and of its place. Every fourth word goes one way, so that a processor takes four at a time.
static uint64_t sum(const unsigned char *page, int size, int64_t at) {
	uint64_t h[4] = {start(at), 1, 2, 3};
	int i = 0;
	for (; i + 32 <= size - SUM; i += 32)
#pragma GCC unroll 4
		for (int lane = 0; lane < 4; lane++)
			h[lane] = step(h[lane], page + i + 8 * lane);
	for (; i < size - SUM; i += 8)
		h[0] = step(h[0], page + i);
	for (int lane = 1; lane < 4; lane++)
		h[0] = step(h[0], (unsigned char *)&h[lane]);
	return h[0];
}

// sum_in_line is of pages that were written before there were four ways.
static uint64_t sum_in_line(const unsigned char *page, int size, int64_t at) {
	uint64_t h = start(at);
	for (int i = 0; i < size - SUM; i += 8)
		h = step(h, page + i);
	return h;
}

static int has_sum(const unsigned char *page, int size, uint64_t want) { return memcmp(page + size - SUM, &want, SUM) == 0; }

// learn reads the header of the file: its pages have sums if each keeps 8 bytes at its end.
static void learn(known *k, const unsigned char *header) {
	int page = header[16] << 8 | header[17];
	k->page = header[20] == SUM ? page == 1 ? 65536 : page : 0;
}

static int whole_page(const known *k, int size, int64_t at) { return k->page != 0 && size == k->page && at % size == 0; }

static int read_page(file *f, void *bytes, int size, int64_t at) {
	known *k = of(f);
	int result = k->below->read(f, bytes, size, at);
	if (result != OK)
		return result;
	if (at == 0 && size >= 100)
		learn(k, bytes);
	if (whole_page(k, size, at) && !has_sum(bytes, size, sum(bytes, size, at)) && !has_sum(bytes, size, sum_in_line(bytes, size, at)))
		return IOERR_DATA;
	return OK;
}

static int write_page(file *f, const void *bytes, int size, int64_t at) {
	known *k = of(f);
	if (at == 0 && size >= 512)
		learn(k, bytes);
	if (whole_page(k, size, at)) {
		uint64_t made = sum(bytes, size, at);
		memcpy((char *)bytes + size - SUM, &made, SUM); // SQLite leaves these bytes to us
	}
	return k->below->write(f, bytes, size, at);
}

void sum_pages(known *k) {
	k->ours.read = read_page;
	k->ours.write = write_page;
}
