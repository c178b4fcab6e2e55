package main_test

import (
	"bufio"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// twoTiers has a channel with one tier, and one with a second soon after the first.
const twoTiers = `
policies:
  once: {tiers: [{after: 10m, notify: '@support'}]}
  twice: {tiers: [{after: 10m, notify: '@support'}, {after: 10m30s, notify: '@head-of-success'}]}
channels: {C0ENTERPRISE: {policy: once}, C0TWICE: {policy: twice}}
`

const twoInARow = "C0TWICE"

func movingWorld(t *testing.T) *world {
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "slabuddy.db"), twoTiers)
	w.slack.AddChannel(slacktest.Channel{ID: twoInARow, Name: "twice", Members: everybody})
	return w
}

// The bot is stopped on SQLite, the move is killed half way and run again, and two replicas go on from
// Postgres: nothing is posted twice, and nothing is forgotten.
func TestABotThatIsMovedToPostgresGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	w := movingWorld(t)
	to := withPassword(t, pgtest.URL(t), "hunter2-of-the-move")
	w.secrets = append(w.secrets, "hunter2-of-the-move")
	c := w.start()
	soon := w.ticket(twoInARow, "1", 10*time.Minute-time.Second)
	due := w.ticket(enterprise, "2", 10*time.Minute-30*time.Second)
	snoozed := w.ticket(enterprise, "3", 10*time.Minute-30*time.Second)
	w.delivered()
	ana("2h")(w, enterprise, snoozed)
	w.reminder(twoInARow, soon)
	w.reminder(enterprise, snoozed) // the answer to the mention
	w.told()
	c.stop()
	meanwhile := w.ticket(enterprise, "4", 0)
	w.fillUp(20_000)

	w.env = append(w.env, "SLABUDDY_MOVE_TO="+to)
	w.killedInTheMiddle()
	for _, database := range []string{w.database, to} {
		w.refusesToServe(database, "run the same slabuddy move again")
	}
	moved := w.run("move")
	w.keepsSecrets("what move says", moved.stdout+moved.stderr)
	if moved.code != 0 || !strings.Contains(moved.stdout, "the same rows, by count and checksum") || !strings.Contains(moved.stdout, "set DATABASE_URL") {
		t.Fatalf("%+v", moved)
	}
	w.refusesToServe(w.database, "set DATABASE_URL to that database")

	w.movedTo(to)
	w.start()
	w.start()
	w.until("what was due posted, and what was posted meanwhile found", time.Minute, func() bool {
		_, found := w.find(enterprise, meanwhile)
		return found && len(w.replies(twoInARow, soon)) >= 2 && len(w.replies(enterprise, due)) >= 1 && len(w.replies(enterprise, snoozed)) >= 2
	})
	w.settled(w.database)
	for _, th := range []struct {
		channel, ts string
		posts       int
	}{{twoInARow, soon, 2}, {enterprise, due, 1}, {enterprise, snoozed, 2 /* the note, and that the deadline has come */}, {enterprise, meanwhile, 0}} {
		if posts := w.replies(th.channel, th.ts); len(posts) != th.posts {
			t.Errorf("%s in %s has %d posts, want %d: %+v", th.ts, th.channel, len(posts), th.posts, posts)
		}
	}
	if by := time.Until(w.timeline(enterprise, snoozed).Tiers[0].Due); by < time.Hour {
		t.Errorf("the snooze was forgotten: due in %s", by)
	}
}

// fillUp puts so many closed tickets into the database, so that a move takes its time.
func (w *world) fillUp(n int) {
	w.t.Helper()
	s, err := store.Open(w.t.Context(), w.database, store.Options{})
	w.check(err)
	defer s.Close()
	then := time.Now().Add(-time.Hour)
	var ts []escalation.Timeline
	for i := range n {
		ts = append(ts, escalation.Timeline{
			ID:       fmt.Sprintf("00000000-0000-7000-8000-%012x", i),
			Thread:   escalation.Thread{Workspace: "T0OLD", Channel: "C0OLD", TS: fmt.Sprintf("1600000000.%06d", i)},
			Ticket:   escalation.Ticket{ID: fmt.Sprint("old ", i), Subject: strings.Repeat("long ago ", 20)},
			PostedAt: then, OpenedAt: then, Clocks: []escalation.Clock{{Kind: policy.FirstReply, Start: then, Deadline: then}}, ExpiresAt: then, AskedAt: then, ClosedAt: then, State: escalation.Withdrawn,
		})
		if len(ts) == 1000 {
			_, err := s.Open(w.t.Context(), ts)
			w.check(err)
			ts = nil
		}
	}
}

// killedInTheMiddle runs a move, and kills it once the first table is over.
func (w *world) killedInTheMiddle() {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), binary, "move")
	cmd.Env, cmd.Dir = w.env, w.dir
	out, err := cmd.StdoutPipe()
	w.check(err)
	w.check(cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), "timelines") {
		continue
	}
	w.check(cmd.Process.Kill())
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Next") {
			w.t.Error("it came to its end before it was killed")
		}
	}
	_ = cmd.Wait() // it was killed
}

func (w *world) refusesToServe(database, says string) {
	w.t.Helper()
	env := w.env
	w.env = append(env[:len(env):len(env)], "DATABASE_URL="+database)
	defer func() { w.env = env }()
	if o := w.run("serve"); o.code != 1 || !strings.Contains(o.stderr, says) {
		w.t.Errorf("serve: %+v, want it to say %q", o, says)
	}
}

// movedTo lets the program work with another database from now on.
func (w *world) movedTo(database string) {
	w.database, w.db = database, nil
	w.env = append(w.env, "DATABASE_URL="+database)
}

func withPassword(t *testing.T, address, password string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if u.User == nil {
		u.User = url.User("postgres")
	}
	if _, set := u.User.Password(); !set { // otherwise the server asks for that one
		u.User = url.UserPassword(u.User.Username(), password)
	}
	return u.String()
}

func TestMoveSaysHowItIsUsed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := &world{t: t, dir: dir, env: append(os.Environ(), "DATABASE_URL=sqlite:"+filepath.Join(dir, "slabuddy.db"))}
	for _, args := range [][]string{{"move", "--to", "postgres://127.0.0.1:1/slabuddy"}, {"move", "--undo"}} {
		if o := w.run(args...); o.code != 1 || !strings.Contains(o.stderr, "there is no file "+filepath.Join(dir, "slabuddy.db")) {
			t.Errorf("%q where nothing is: %+v", args, o)
		}
	}
	if o := w.run("migrate", "up"); o.code != 0 {
		t.Fatalf("%+v", o)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"move"}, 2, "SLABUDDY_MOVE_TO=postgres://"},
		{[]string{"move", "postgres://bot:hunter2@127.0.0.1:1/slabuddy"}, 2, "unexpected argument postgres://…"},
		{[]string{"move", "--to", "sqlite:other.db"}, 1, "postgres://user:password@host:5432/slabuddy"},
		{[]string{"move", "--to", "postgres://bot:hunter2@127.0.0.1:1/slabuddy?connect_timeout=5"}, 1, "is it running"},
		{[]string{"move", "--undo"}, 0, "not marked as moved"},
	} {
		o := w.run(c.args...)
		if o.code != c.code || !strings.Contains(o.stdout+o.stderr, c.says) {
			t.Errorf("%q: %+v, want %d and %q", c.args, o, c.code, c.says)
		}
		if strings.Contains(o.stdout+o.stderr, "hunter2") {
			t.Errorf("%q gives the password away: %+v", c.args, o)
		}
	}
}

// A backup is made while the bot runs, and restored after more has happened. The bot goes on from there:
// the reminders that it posted since it finds in Slack; what was said since, the scan finds.
func TestABotGoesOnFromARestoredBackup(t *testing.T) {
	t.Parallel()
	w := movingWorld(t)
	path := strings.TrimPrefix(w.database, "sqlite:")
	c := w.start()
	before := w.ticket(twoInARow, "1", 10*time.Minute-time.Second)
	snoozed := w.ticket(enterprise, "2", 0)
	w.delivered()
	w.reminder(twoInARow, before)
	w.told()
	backup := filepath.Join(w.dir, "backup.db")
	w.check(vacuumInto(t, path, backup))
	backedUp := time.Now()

	since := w.ticket(enterprise, "3", 0)
	ana("2h")(w, enterprise, snoozed)
	w.reminder(enterprise, snoozed) // the answer to the mention
	w.until("the second tier", time.Minute, func() bool { return len(w.replies(twoInARow, before)) == 2 })
	w.told()
	c.kill()
	pause(t, time.Until(backedUp.Add(oldEnough)))

	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + end); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	w.check(os.Rename(backup, path))
	w.scannedLongAgo(twoInARow)
	w.scannedLongAgo(enterprise)
	w.start()
	w.until("what happened since is known", 2*patience, func() bool {
		_, found := w.find(enterprise, since)
		tiers := w.timeline(twoInARow, before).Tiers
		return found && !tiers[1].PostedAt.IsZero() && len(w.replies(enterprise, snoozed)) == 2
	})
	w.settled(w.database)
	if reminders, answers := len(w.replies(twoInARow, before)), len(w.replies(enterprise, snoozed)); reminders != 2 || answers != 2 {
		t.Errorf("%d reminders, %d answers", reminders, answers)
	}
	if due := time.Until(w.timeline(enterprise, snoozed).Tiers[0].Due); due < 2*time.Hour {
		t.Errorf("the snooze since the backup was not found again: due in %s", due)
	}
}

// vacuumInto is what `sqlite3 FROM "vacuum into 'TO'"` does.
func vacuumInto(t *testing.T, from, to string) error {
	db, err := sql.Open("sqlite", from)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "vacuum into ?", to)
	return err
}
