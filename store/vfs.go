package store

// int vfs_begin(void);
import "C"

import (
	"errors"
	"sync"
)

// beginVFS puts vfs.c between SQLite and the system, for every file that is opened from now on.
var beginVFS = sync.OnceValue(func() error {
	if C.vfs_begin() != 0 {
		return errors.New("SQLite takes no VFS of ours: this program is not built as it should be")
	}
	return nil
})
