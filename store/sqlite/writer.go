package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	moderncsqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// writer is the one connection that writes, with its prepared statements. Only the holder of the turn uses
// them.
type writer struct {
	file  *file
	turns turns
	db    *sql.DB
	conn  *sql.Conn
	plans map[string]*sql.Stmt
}

func openWriter(ctx context.Context, path string) (*writer, error) {
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		return nil, err
	}
	f, err := newFile(path)
	if err != nil {
		conn.Close()
		db.Close()
		return nil, err
	}
	return &writer{file: f, db: db, conn: conn, plans: map[string]*sql.Stmt{}}, nil
}

// close waits for the transaction under way. Later ones fail.
func (w *writer) close() {
	if err := w.turns.take(context.Background(), true); err != nil {
		return
	}
	defer w.turns.pass()
	for _, stmt := range w.plans {
		stmt.Close()
	}
	w.conn.Close()
	w.db.Close()
}

// tx is a transaction under way.
type tx struct{ w *writer }

// do runs f in a transaction when it is its turn; event writes go first. If ctx ends before that,
// nothing was done; afterwards it no longer matters.
func (w *writer) do(ctx context.Context, event bool, f func(t *tx) error) error {
	waiting, cancel := bounded(ctx)
	defer cancel()
	if err := w.turns.take(waiting, event); err != nil {
		return err
	}
	defer w.turns.pass()
	if err := w.file.there(); err != nil {
		return err
	}
	err := w.transact(f)
	w.file.wrote(err)
	return err
}

func (w *writer) transact(f func(t *tx) error) error {
	t := &tx{w}
	if _, err := t.exec("begin immediate"); err != nil {
		return err
	}
	err := f(t)
	if err == nil {
		_, err = t.exec("commit")
	}
	if err != nil {
		if _, undo := t.exec("rollback"); undo != nil {
			return fmt.Errorf("%w (and %w)", err, undo)
		}
	}
	return err
}

func (t *tx) plan(query string) (*sql.Stmt, error) {
	if stmt, ok := t.w.plans[query]; ok {
		return stmt, nil
	}
	stmt, err := t.w.conn.PrepareContext(context.Background(), query)
	if err == nil {
		t.w.plans[query] = stmt
	}
	return stmt, err
}

// exec returns how many rows were written.
func (t *tx) exec(query string, args ...any) (int64, error) {
	stmt, err := t.plan(query)
	if err != nil {
		return 0, err
	}
	res, err := stmt.Exec(args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	stmt, err := t.plan(query)
	if err != nil {
		return nil, err
	}
	return stmt.Query(args...)
}

// inARow is how many event writes may pass another one that waits.
const inARow = 3

// turns is a lock that lets event writes go first, but not for ever.
type turns struct {
	mu     sync.Mutex
	taken  bool
	passed int // event writes let go while another one waited
	events []chan struct{}
	others []chan struct{}
}

// take waits for its turn.
func (t *turns) take(ctx context.Context, event bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mu.Lock()
	if !t.taken {
		t.taken = true
		t.mu.Unlock()
		return nil
	}
	mine := make(chan struct{}, 1)
	if event {
		t.events = append(t.events, mine)
	} else {
		t.others = append(t.others, mine)
	}
	t.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	if !t.leave(mine) {
		t.pass() // it came just now
	}
	return ctx.Err()
}

// leave stops waiting, and returns whether it was still waiting.
func (t *turns) leave(mine chan struct{}) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, line := range []*[]chan struct{}{&t.events, &t.others} {
		for i, c := range *line {
			if c == mine {
				*line = append((*line)[:i:i], (*line)[i+1:]...)
				return true
			}
		}
	}
	return false
}

// pass hands the turn on.
func (t *turns) pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	line := &t.others
	if len(t.events) > 0 && (len(t.others) == 0 || t.passed < inARow) {
		line = &t.events
		t.passed++
	}
	if line == &t.others || len(t.others) == 0 {
		t.passed = 0
	}
	if len(*line) == 0 {
		t.taken = false
		return
	}
	next := (*line)[0]
	*line = (*line)[1:]
	next <- struct{}{}
}

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
