package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	moderncsqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// file is the database as the folder has it. Once it is deleted or replaced, SQLite goes on reading and writing
// the old one, which nobody finds again after the program has ended.
type file struct {
	path   string
	opened os.FileInfo
	failed atomic.Pointer[error] // of the last write, if the disk refused it
}

func newFile(path string) (*file, error) {
	opened, err := os.Stat(path)
	return &file{path: path, opened: opened}, err
}

// there returns an error if the file is no longer the one that was opened.
func (f *file) there() error {
	now, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the file %s was deleted while the bot was running, and what it writes now would be lost: stop it, put the file back (a backup, or the copy that was moved away), and start it again", f.path)
	case err != nil:
		return fmt.Errorf("the database's file: %w", err)
	case !os.SameFile(f.opened, now):
		return fmt.Errorf("the file %s was replaced by another one while the bot was running, and what it writes now would be lost: stop it, see that the right file is there, and start it again", f.path)
	}
	return nil
}

// leastFree is what has to be free on the disk: a few transactions, and the log of writes as it grows.
const leastFree = 4 << 20

// fit returns an error if nothing can be written to the file.
func (f *file) fit() error {
	if err := f.there(); err != nil {
		return err
	}
	if err := f.failed.Load(); err != nil {
		return *err
	}
	free, known := freeSpace(filepath.Dir(f.path))
	if known && free < leastFree {
		return fmt.Errorf("the disk of %s is full: %d KiB are free", f.path, free>>10)
	}
	return nil
}

// wrote notes what became of a write.
func (f *file) wrote(err error) {
	if err == nil {
		f.failed.Store(nil)
		return
	}
	var e *moderncsqlite.Error
	if errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_FULL || e.Code()&0xff == sqlite3.SQLITE_IOERR) {
		err = fmt.Errorf("the last write to %s failed: %w", f.path, err)
		f.failed.Store(&err)
	}
}
