//go:build !unix

package sqlite

import (
	"errors"
	"os"
)

// lockFile cannot be had here: nothing releases a lock for sure when a process is killed.
func lockFile(string) (*os.File, error) {
	return nil, errors.New("serving from SQLite needs a Unix system: use Postgres here")
}

// freeSpace is not known here: a full disk shows when a write fails.
func freeSpace(string) (bytes uint64, known bool) { return 0, false }
