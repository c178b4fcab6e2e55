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
