// Keeps SQLite's memory together. glibc gives threads arenas of their own, eight a core, and Go runs each statement on whichever thread is
// free: what is freed in one is not found from another, so that memory grew for hours (docs/reference/reliability.md, soak). It is done
// before Go begins, for an arena that is there stays.
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

__attribute__((constructor)) static void few_arenas(void) { mallopt(M_ARENA_MAX, 2); }
#endif
