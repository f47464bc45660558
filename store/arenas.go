package store

// #include <stdlib.h>
// #ifdef __GLIBC__
// #include <malloc.h>
// static void few_arenas(void) { mallopt(M_ARENA_MAX, 2); }
// #else
// static void few_arenas(void) {}
// #endif
import "C"

import "sync"

// fewArenas keeps SQLite's memory together. glibc gives threads arenas of their own, eight a core, and Go runs each statement on whichever
// thread is free: what is freed in one is not found from another, so that memory grew for hours (reliability.md, soak).
var fewArenas = sync.OnceFunc(func() { C.few_arenas() })
