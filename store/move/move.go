package move

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/slabuddy/slabuddy/store/internal/table"
	"github.com/slabuddy/slabuddy/store/postgres"
	"github.com/slabuddy/slabuddy/store/sqlite"
)

// Options of a move.
type Options struct {
	From   string // the file's address: sqlite:PATH
	To     string // the database's: postgres://…
	Now    func() time.Time
	Report func(Progress) // called as the move goes on; may be nil
}

// Progress is how far a move is.
type Progress struct {
	Table string
	Rows  int64 // that are over there
	Done  bool  // the table is all there
	Took  time.Duration
}

// Result is what a move did.
type Result struct {
	File    string        // the file's path
	Address string        // of the database, without user and password
	Begun   bool          // the file is marked as being moved, or moved
	Resumed bool          // an earlier call had begun
	Already bool          // an earlier call had moved everything: nothing was done but to mark the file
	Tables  []Compared    // all tables, equal on both sides
	Fitted  []Fitted      // texts that the database could not hold as they were
	Took    time.Duration // of this call
}

// Compared is a table on which both sides agree.
type Compared struct {
	Name     string
	Rows     int64
	Checksum string
}

// Fitted is a column in which texts lost bytes that Postgres refuses: NUL, and what is not UTF-8.
type Fitted struct {
	Column string // table.column
	Rows   int64
	First  string // the key of the first such row
}

// DifferError names the tables that are not the same on both sides.
type DifferError struct{ Tables []string }

func (e *DifferError) Error() string {
	return "the two sides are not the same: " + strings.Join(e.Tables, "; ")
}

// batch is how many rows a transaction holds. They pass one by one, so it bounds no memory, only what is
// to be done again after a crash.
const batch = 5000

// source is the file.
type source interface {
	Migrate(ctx context.Context) error
	MoveMark(ctx context.Context) (m table.Mark, found bool, err error)
	BeginMove(ctx context.Context, id, to string, now time.Time) (table.Mark, error)
	Move(ctx context.Context, now func() time.Time, f func() error) error
	UndoMove(ctx context.Context) error
	Rows(ctx context.Context, t table.Table, after []any, n int) iter.Seq2[[]any, error]
}

// destination is the database, locked against other moves.
type destination interface {
	Mark(ctx context.Context) (m table.Mark, found bool, err error)
	Occupied(ctx context.Context) (tableName string, err error)
	Alone(ctx context.Context) error
	Begin(ctx context.Context, m table.Mark) error
	Position(ctx context.Context) (table.Position, error)
	Fit(t table.Table, row []any) (as []any, fitted []string)
	Write(ctx context.Context, t table.Table, rows iter.Seq2[[]any, error], from table.Position) (table.Position, error)
	Rows(ctx context.Context, t table.Table) iter.Seq2[[]any, error]
	Finish(ctx context.Context, now time.Time) error
}

// Run moves everything. After an error, or when ctx ended, the same call goes on where it stopped. An
// error that a *DifferError is in has left the file as it was before the first call.
func Run(ctx context.Context, o Options) (Result, error) {
	m, end, err := connect(ctx, o)
	if err != nil {
		return Result{}, err
	}
	defer end()
	return m.run(ctx)
}

// connect opens and locks both sides; end lets go of them.
func connect(ctx context.Context, o Options) (m *mover, end func(), err error) {
	if !strings.HasPrefix(o.To, "postgres://") && !strings.HasPrefix(o.To, "postgresql://") {
		return nil, nil, errors.New("a move goes to a Postgres database: postgres://user:password@host:5432/slabuddy")
	}
	path, err := pathOf(o.From)
	if err != nil {
		return nil, nil, err
	}
	src, err := sqlite.Open(ctx, path, sqlite.Options{Exclusive: true, Moving: true})
	if err != nil {
		return nil, nil, err
	}
	pg, err := postgres.Open(ctx, o.To, postgres.Options{Moving: true, MaxConns: 3})
	if err != nil {
		src.Close()
		return nil, nil, err
	}
	dst, err := pg.Receive(ctx)
	if err != nil {
		pg.Close()
		src.Close()
		return nil, nil, err
	}
	m = &mover{src: src, dst: dst, file: path, address: pg.Address(), migrate: pg.Migrate, now: o.Now, report: o.Report, batch: batch}
	if m.report == nil {
		m.report = func(Progress) {}
	}
	return m, func() {
		dst.Close()
		pg.Close()
		src.Close()
	}, nil
}

// Undo takes back the mark that a move left on the file at the address from, so that it can be served from
// again. It returns where the file was moved to; if that is empty there was no mark.
func Undo(ctx context.Context, from string) (file, address string, err error) {
	path, err := pathOf(from)
	if err != nil {
		return "", "", err
	}
	src, err := sqlite.Open(ctx, path, sqlite.Options{Exclusive: true, Moving: true})
	if err != nil {
		return "", "", err
	}
	defer src.Close()
	m, _, err := src.MoveMark(ctx)
	if err != nil || m.ID == "" {
		return path, "", err
	}
	return path, m.Other, src.UndoMove(ctx)
}

// pathOf is the path of a file that is there: one that a slip of the pen made would be moved as an empty
// one, and the bot would have forgotten everything.
func pathOf(address string) (string, error) {
	path, is := strings.CutPrefix(address, "sqlite:")
	if !is {
		return "", errors.New("DATABASE_URL has to name the SQLite file that is to be moved, such as sqlite:slabuddy.db; --to names where it goes")
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if whole, err := filepath.Abs(path); err == nil {
			path = whole
		}
		return "", fmt.Errorf("there is no file %s: set DATABASE_URL to the one that the bot has worked with", path)
	}
	return path, nil
}

// mover is a move under way.
type mover struct {
	src           source
	dst           destination
	file, address string
	migrate       func(context.Context) error // the database
	now           func() time.Time
	report        func(Progress)
	batch         int
}

func (m *mover) run(ctx context.Context) (Result, error) {
	began := m.now()
	r := Result{File: m.file, Address: m.address}
	here, there, err := m.admit(ctx)
	r.Begun = here.ID != ""
	if err != nil {
		return r, err
	}
	if r.Already = there.Finished(); r.Already {
		if here.Finished() {
			return r, nil
		}
		return r, m.src.Move(ctx, m.now, func() error { return nil }) // killed between the two marks
	}
	r.Resumed = there.ID != ""
	for _, migrate := range []func(context.Context) error{m.src.Migrate, m.migrate} {
		if err := migrate(ctx); err != nil {
			return r, err
		}
	}
	id := there.ID
	if !r.Resumed {
		id = uuid.NewString() // another database than last time, perhaps: that one must not go on
	}
	mark, err := m.src.BeginMove(ctx, id, m.address, began)
	if err != nil {
		return r, err
	}
	r.Begun = true
	if !r.Resumed {
		mark.Other = m.file
		if err := m.dst.Begin(ctx, mark); err != nil {
			return r, err
		}
	}
	if err := m.dst.Alone(ctx); err != nil { // who begins from now on sees the mark
		return r, err
	}
	err = m.src.Move(ctx, m.now, func() error {
		if err := m.copy(ctx); err != nil {
			return err
		}
		if err := m.compare(ctx, &r); err != nil {
			return err
		}
		return m.dst.Finish(ctx, m.now())
	})
	r.Took = m.now().Sub(began)
	if differ := (*DifferError)(nil); errors.As(err, &differ) {
		r.Begun = false
		return r, errors.Join(err, m.src.UndoMove(ctx))
	}
	return r, err
}

// admit says whether both sides may be touched, and what they remember: there is nothing in the second mark
// unless it is of this very move.
func (m *mover) admit(ctx context.Context) (here, there table.Mark, err error) {
	here, begun, err := m.src.MoveMark(ctx)
	if err != nil {
		return here, there, err
	}
	there, marked, err := m.dst.Mark(ctx)
	if err != nil {
		return here, there, err
	}
	switch {
	case begun && marked && here.ID == there.ID:
		return here, there, nil
	case here.Finished():
		return here, there, fmt.Errorf("%s was moved to %s already. To move it once more, to another database, run slabuddy move --undo first", m.file, here.Other)
	case marked && !there.Finished():
		return here, there, fmt.Errorf("the database %s holds half of another move, of %s, begun on %s: go on with that one, or empty the database, or name another",
			m.address, there.Other, there.BeganAt.Format("2006-01-02 15:04 MST"))
	case marked:
		return here, there, fmt.Errorf("the database %s was filled by a move of %s: nothing is ever overwritten. Name an empty database", m.address, there.Other)
	}
	occupied, err := m.dst.Occupied(ctx)
	switch {
	case err != nil:
		return here, there, err
	case occupied != "":
		return here, there, fmt.Errorf("the database %s is not empty (%s has rows): nothing is ever overwritten. Name an empty database", m.address, occupied)
	}
	return here, there, m.dst.Alone(ctx)
}
