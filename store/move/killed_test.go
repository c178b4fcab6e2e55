package move

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/internal/table"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

var errKilled = errors.New("killed")

// fuse burns down with each step, and ends the move when it is through.
type fuse struct{ left int }

func (f *fuse) burn() error {
	if f.left--; f.left == 0 {
		return errKilled
	}
	return nil
}

// around is a step that may be killed before it, or after it was done and before anybody heard of it.
func (f *fuse) around(step func() error) error {
	if err := f.burn(); err != nil {
		return err
	}
	if err := step(); err != nil {
		return err
	}
	return f.burn()
}

type mortalSource struct {
	source
	*fuse
}

func (s mortalSource) BeginMove(ctx context.Context, id, to string, now time.Time) (m table.Mark, err error) {
	return m, s.around(func() (err error) {
		m, err = s.source.BeginMove(ctx, id, to, now)
		return err
	})
}

func (s mortalSource) Move(ctx context.Context, now func() time.Time, f func() error) error {
	return s.around(func() error { return s.source.Move(ctx, now, f) })
}

type mortalDestination struct {
	destination
	*fuse
}

func (d mortalDestination) Begin(ctx context.Context, m table.Mark) error {
	return d.around(func() error { return d.destination.Begin(ctx, m) })
}

func (d mortalDestination) Write(ctx context.Context, t table.Table, rows iter.Seq2[[]any, error], from table.Position) (to table.Position, err error) {
	return to, d.around(func() (err error) {
		to, err = d.destination.Write(ctx, t, rows, from)
		return err
	})
}

func (d mortalDestination) Finish(ctx context.Context, now time.Time) error {
	return d.around(func() error { return d.destination.Finish(ctx, now) })
}

// runWithFuse is Run in small batches, killed at one of its steps.
func runWithFuse(t *testing.T, from, to string, left int) error {
	t.Helper()
	m, end, err := connect(t.Context(), options(from, to))
	must(t, err)
	defer end()
	f := &fuse{left}
	m.src, m.dst, m.batch = mortalSource{m.src, f}, mortalDestination{m.dst, f}, 6
	_, err = m.run(t.Context())
	return err
}

func TestKilledAtAnyInstantItGoesOnAndAtMostOneSideCanBeServedFrom(t *testing.T) {
	t.Parallel()
	from, said := livedIn(t)
	whole, err := os.ReadFile(strings.TrimPrefix(from, "sqlite:"))
	must(t, err)
	to := pgtest.URL(t)
	migrate(t, to)
	c := connection(t, to)
	for step := 1; ; step++ {
		empty(t, c)
		path := filepath.Join(t.TempDir(), "slabuddy.db")
		must(t, os.WriteFile(path, whole, 0o600))
		err := runWithFuse(t, "sqlite:"+path, to, step)
		if err == nil {
			if step < 30 {
				t.Errorf("it is over after %d steps: the test holds little", step)
			}
			return
		}
		if !errors.Is(err, errKilled) {
			t.Fatalf("step %d: %v", step, err)
		}
		if opens(t, "sqlite:"+path) && marked(t, to) && opens(t, to) {
			t.Errorf("killed at step %d, both sides can be served from", step)
		}
		r, err := Run(t.Context(), options("sqlite:"+path, to))
		if err != nil {
			t.Fatalf("gone on after step %d: %v", step, err)
		}
		s := openStore(t, to)
		if d := cmp.Diff(said, allOf(t, s), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("killed at step %d (-SQLite +Postgres, %+v):\n%s", step, r, d)
		}
		s.Close()
		if opens(t, "sqlite:"+path) {
			t.Fatalf("gone on after step %d, the file can still be served from", step)
		}
	}
}

func opens(t *testing.T, address string) bool {
	s, err := store.Open(t.Context(), address, store.Options{Exclusive: true})
	if err == nil {
		s.Close()
	}
	return err == nil
}

// empty is quicker than another database for each step.
func empty(t *testing.T, c *pgx.Conn) {
	t.Helper()
	statements := "delete from move"
	for _, tab := range table.All() {
		statements += "; delete from " + tab.Name
	}
	_, err := c.Exec(t.Context(), statements)
	must(t, err)
}

func connection(t *testing.T, to string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), to)
	must(t, err)
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

// marked says whether the database has anything of a move.
func marked(t *testing.T, to string) bool { return query[int](t, to, `select count(*) from move`) > 0 }

func query[T any](t *testing.T, address, sql string) (v T) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), address)
	must(t, err)
	defer c.Close(t.Context())
	must(t, c.QueryRow(t.Context(), sql).Scan(&v))
	return v
}

func TestWhatDiffersIsNamedAndTheFileStaysInUse(t *testing.T) {
	t.Parallel()
	from, _ := livedIn(t)
	to := pgtest.URL(t)
	o := options(from, to)
	o.Report = func(p Progress) {
		if p.Table == "settings" && p.Done { // the last table
			query[string](t, to, `delete from once returning key`)
			query[string](t, to, `update mentions set said = '3h' where ts = '1.1' returning said`)
		}
	}
	_, err := Run(t.Context(), o)
	says(t, err, "not the same", "mentions has 2 rows (checksum ", "once has 1 rows", " and 0 (")
	var differ *DifferError
	if !errors.As(err, &differ) || len(differ.Tables) != 2 {
		t.Errorf("%v", err)
	}
	openStore(t, from)
	refused(t, to, "is not finished")
}

func TestASecondMoveIntoTheDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	from, _ := livedIn(t)
	other, _ := livedIn(t)
	to := pgtest.URL(t)
	o := options(from, to)
	tried := false
	o.Report = func(Progress) {
		if tried {
			return
		}
		tried = true
		_, err := Run(t.Context(), options(other, to))
		says(t, err, "another slabuddy move is filling this database")
	}
	_, err := Run(t.Context(), o)
	must(t, err)
	if !tried {
		t.Error("it was not tried")
	}
}
