package directory

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/slackapptest"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// office is the directory of SLACK_BOT_TOKEN's workspace at work, in fake time.
type office struct {
	*slacktest.Workspace
	*Directories
	shelf *slackapptest.Shelf
	log   slackapptest.Log
	stop  func() // stops Run and waits for it
}

func newOffice(t *testing.T, shelf *slackapptest.Shelf, prepare func(*slacktest.Workspace), emails ...string) *office {
	t.Helper()
	w := slacktest.New(slacktest.Options{Team: slacktest.Team{ID: "T0"}})
	w.AddGroup(slacktest.Group{ID: "S0SUPPORT", Handle: "Support"})
	w.AddGroup(slacktest.Group{ID: "S0OLD", Handle: "old", Disabled: true})
	w.AddUser(slacktest.User{ID: "U0ANA", Name: "ana", Email: "ana@example.com"})
	prepare(w)
	o := &office{Workspace: w, shelf: shelf}
	in := newInstallations(map[string]string{"": w.Options().Token})
	o.Directories = New(Config{
		API:   slackapptest.API(t, slacktest.APIURL, w.Client(), in, prometheus.NewRegistry()),
		Cache: shelf, Gates: shelf, Installations: in,
		Emails: func(string) []string { return emails },
		Named:  func(string) []string { return []string{"U0BOB", "U0GONE", "U0NEVER"} },
		Now:    time.Now,
		Log:    slog.New(slog.NewTextHandler(&o.log, nil)),
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- o.Run(ctx) }()
	o.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v", err)
		}
		w.Close()
	}
	synctest.Wait()
	return o
}

func unprepared(*slacktest.Workspace) {}

func TestTheDirectoryKnowsWhoIsWho(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, slackapptest.NewShelf(), unprepared, "Ana@example.com", "bob@example.com")
		defer o.stop()
		<-o.Ready()
		if diff := cmp.Diff(client.Identity{Workspace: "T0", User: o.Options().App.UserID, BotID: o.Options().App.BotID}, o.Self("T0")); diff != "" {
			t.Errorf("Self (-want +got):\n%s", diff)
		}
		for _, handle := range []string{"support", "@support", "Support", " @SUPPORT "} {
			if id, ok := o.Group("T0", handle); id != "S0SUPPORT" || !ok {
				t.Errorf("Group(%q) = %q, %t", handle, id, ok)
			}
		}
		for _, handle := range []string{"old", "head-of-success", ""} {
			if id, ok := o.Group("T0", handle); ok {
				t.Errorf("Group(%q) = %q", handle, id)
			}
		}
		if id, ok := o.UserByEmail("T0", " ANA@example.com"); id != "U0ANA" || !ok {
			t.Errorf("UserByEmail(ana) = %q, %t", id, ok)
		}
		if id, ok := o.UserByEmail("T0", "bob@example.com"); ok {
			t.Errorf("UserByEmail(bob) = %q", id)
		}
		if _, ok := o.Group("T9", "support"); ok || o.Self("T9") != (client.Identity{}) {
			t.Error("it answers for another workspace")
		}
		if n := o.log.Count("bob@example.com"); n != 1 {
			t.Errorf("bob, whom nobody knows, is logged %d times", n)
		}
	})
}

// identity tests the token now.
func (o *office) identity(t *testing.T) error {
	_, err := o.opened("").Identity(t.Context())
	return err
}

// Rule 8: whom Slack has no more is known ahead, of those who may be mentioned.
func TestWhoIsGoneIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, slackapptest.NewShelf(), func(w *slacktest.Workspace) {
			w.AddUser(slacktest.User{ID: "U0GONE", Name: "zoe", Deactivated: true})
			w.AddUser(slacktest.User{ID: "U0BOB", Name: "bob"})
		})
		defer o.stop()
		<-o.Ready()
		want := func(when string, gone map[string]bool) {
			t.Helper()
			for id, is := range gone {
				if got := o.Gone("T0", id); got != is {
					t.Errorf("%s, %s is gone: %v", when, id, got)
				}
			}
		}
		want("at first", map[string]bool{"U0GONE": true, "U0NEVER": true, "U0ANA": false, "U0BOB": false, "S0SUPPORT": false, "S0OLD": true, "S0NEVER": true})
		if err := o.Deactivate("U0BOB"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(goneFresh + time.Minute)
		o.Gone("T0", "U0BOB")
		synctest.Wait()
		want("an hour later", map[string]bool{"U0BOB": true, "U0ANA": false})
	})
}

// A user group that is younger than the list is there: the list is read once more before it is said to be gone.
func TestAGroupThatWasJustMadeIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, slackapptest.NewShelf(), func(*slacktest.Workspace) {})
		defer o.stop()
		<-o.Ready()
		o.AddGroup(slacktest.Group{ID: "S0NEW", Handle: "new"})
		lists := func() int { return len(o.Calls("usergroups.list")) }
		read := lists()
		for range 3 {
			if o.Gone("T0", "S0NEW") || !o.Gone("T0", "S0OLD") {
				t.Error("S0NEW is taken to be gone, or S0OLD not")
			}
		}
		if more := lists() - read; more != 2 {
			t.Errorf("the list was read %d times more, want once for each of the two", more)
		}
		o.Inject(slacktest.Fault{Method: "usergroups.list", Do: slacktest.Refused("internal_error")})
		if o.Gone("T0", "S0UNSURE") {
			t.Error("what nobody can say is taken to be gone")
		}
	})
}

// What cannot be read is not taken to be gone.
func TestNobodyIsGoneOfWhomNothingIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, slackapptest.NewShelf(), func(w *slacktest.Workspace) {
			w.Inject(slacktest.Fault{Method: "usergroups.list", Do: slacktest.Refused("missing_scope")})
			w.Inject(slacktest.Fault{Method: "users.info", Do: slacktest.Refused("missing_scope")})
		})
		defer o.stop()
		<-o.Ready()
		for _, id := range []string{"U0GONE", "S0OLD"} {
			if o.Gone("T0", id) {
				t.Errorf("%s is taken to be gone", id)
			}
		}
	})
}

func TestTheDirectoryIsReadAgainWhenItIsLookedAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, slackapptest.NewShelf(), unprepared, "bob@example.com")
		defer o.stop()
		o.AddGroup(slacktest.Group{ID: "S0NEW", Handle: "new"})
		o.AddUser(slacktest.User{ID: "U0BOB", Name: "bob", Email: "bob@example.com"})
		time.Sleep(2 * time.Minute)
		if _, ok := o.Group("T0", "new"); ok || len(o.Calls("users.lookupByEmail")) != 1 {
			t.Error("Slack is asked more often than it need be")
		}
		before := len(o.Calls())
		time.Sleep(time.Hour)
		if n := len(o.Calls()) - before; n != 0 {
			t.Errorf("%d calls to Slack, though nobody looks", n)
		}
		o.Group("T0", "new")
		synctest.Wait()
		if _, ok := o.Group("T0", "new"); !ok {
			t.Error("a new group is not learned")
		}
		if _, ok := o.UserByEmail("T0", "bob@example.com"); !ok {
			t.Error("a new colleague is not learned")
		}
	})
}

func TestARestartFindsWhatWasKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slackapptest.NewShelf()
		newOffice(t, s, unprepared, "ana@example.com").stop()
		o := newOffice(t, s, func(w *slacktest.Workspace) { w.Inject(slacktest.Fault{Do: slacktest.Status(500)}) })
		defer o.stop()
		select {
		case <-o.Ready():
		default:
			t.Error("not ready, though it has tried")
		}
		if id, _ := o.Group("T0", "support"); id != "S0SUPPORT" {
			t.Errorf("Group(support) = %q", id)
		}
		if id, _ := o.UserByEmail("T0", "ana@example.com"); id != "U0ANA" {
			t.Errorf("UserByEmail(ana) = %q", id)
		}
		for range 10 {
			time.Sleep(time.Minute)
			o.Group("T0", "support")
		}
		if n := o.log.Count("level=WARN"); n != 1 {
			t.Errorf("%d warnings of one outage", n)
		}
	})
}

func TestARefusedTokenHoldsThePostsUntilItIsMended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slackapptest.NewShelf()
		o := newOffice(t, s, unprepared)
		defer o.stop()
		revoked := o.Inject(slacktest.Fault{Method: "auth.test", Do: slacktest.Refused("token_revoked")})
		o.Doubt("T0") // somebody's call was refused
		time.Sleep(time.Minute)
		synctest.Wait()
		gate, shut := s.Shut()["workspace/T0"]
		if !shut || time.Until(gate.Until) < 30*time.Minute || !strings.Contains(gate.Reason, "SLACK_BOT_TOKEN") {
			t.Errorf("gate %+v, shut %t", gate, shut)
		}
		if n := o.log.Count("does not accept the bot's token"); n != 1 {
			t.Errorf("said %d times, want once", n)
		}
		time.Sleep(time.Hour)
		if n := len(o.Calls("auth.test")); n > 10 {
			t.Errorf("a token that stays refused is tested %d times in an hour", n)
		}
		revoked.Clear()
		time.Sleep(mostRefused)
		synctest.Wait()
		if len(s.Shut()) > 0 || o.log.Count("accepts the bot's token again") != 1 {
			t.Error("the gate stays shut, or nobody hears that it is open")
		}
	})
}

// The poster shuts the gate when a post is refused, and knows of nobody who opens it.
func TestAGateShutByThePosterIsOpenedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slackapptest.NewShelf()
		o := newOffice(t, s, unprepared)
		defer o.stop()
		if err := s.ShutGate(t.Context(), queue.Gate{Key: "workspace/T0"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(s.Shut()) > 0 {
			t.Error("the gate stays shut")
		}
	})
}

func TestATokenThatWasNeverGoodIsSaidPlainly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, slackapptest.NewShelf(), func(w *slacktest.Workspace) {
			w.Inject(slacktest.Fault{Do: slacktest.Refused("invalid_auth")})
		})
		defer o.stop()
		<-o.Ready()
		time.Sleep(5 * time.Minute)
		if o.log.Count("level=WARN") != 1 || o.log.Count("install the app again") != 1 {
			t.Errorf("the log:\n%s", o.log.String())
		}
		if o.log.Count(o.Options().Token) > 0 {
			t.Error("the token is in the log")
		}
		if err := o.identity(t); !errors.As(err, new(*queue.Error)) {
			t.Errorf("Identity() = %v", err)
		}
	})
}

func TestATokenThatMayNotPostIsAsGoodAsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slackapptest.NewShelf()
		newOffice(t, s, unprepared).stop()
		w := slacktest.New(slacktest.Options{Team: slacktest.Team{ID: "T0"}, Scopes: []string{"channels:history", "usergroups:read"}})
		defer w.Close()
		d := newDirectory(directoryConfig{
			API:   slackapptest.API(t, slacktest.APIURL, w.Client(), client.OneToken(w.Options().Token), prometheus.NewRegistry()),
			Cache: s, Gates: s, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		})
		d.load(t.Context())
		if _, err := d.Identity(t.Context()); err == nil || !strings.Contains(err.Error(), "chat:write") {
			t.Errorf("Identity() = %v, want it to name the scope", err)
		}
		if _, shut := s.Shut()["workspace/T0"]; !shut {
			t.Error("the posts are not held")
		}
	})
}

func TestWhatAWorkspaceLacksIsTakenCalmly(t *testing.T) {
	for name, c := range map[string]struct {
		method, code, advice string
	}{
		"user groups in the plan":  {"usergroups.list", "plan_upgrade_required", "plan has no user groups"},
		"the scope for groups":     {"usergroups.list", "missing_scope", "usergroups:read"},
		"the scope for e-mail":     {"users.lookupByEmail", "missing_scope", "users:read.email"},
		"groups, for the moment":   {"usergroups.list", "internal_error", "going on with those known"},
		"look-ups, for the moment": {"users.lookupByEmail", "internal_error", "trying again"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t, slackapptest.NewShelf(), func(w *slacktest.Workspace) {
					w.Inject(slacktest.Fault{Method: c.method, Do: slacktest.Refused(c.code)})
				}, "ana@example.com", "bob@example.com")
				defer o.stop()
				<-o.Ready()
				for range 20 {
					time.Sleep(time.Minute)
					o.Group("T0", "support")
				}
				if n := o.log.Count(c.advice); n != 1 {
					t.Errorf("%q is said %d times:\n%s", c.advice, n, o.log.String())
				}
				if err := o.identity(t); err != nil {
					t.Errorf("Identity() = %v", err)
				}
			})
		})
	}
}

func TestScopesThatTheAppLacksAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := slacktest.New(slacktest.Options{Scopes: []string{"chat:write", "channels:history"}})
		defer w.Close()
		var log slackapptest.Log
		d := newDirectory(directoryConfig{
			API:   slackapptest.API(t, slacktest.APIURL, w.Client(), client.OneToken(w.Options().Token), prometheus.NewRegistry()),
			Cache: slackapptest.NewShelf(), Gates: slackapptest.NewShelf(), Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		for range 2 {
			if _, err := d.Identity(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if log.Count("app_mentions:read") != 1 || log.Count("channels:history") != 0 {
			t.Errorf("the log:\n%s", log.String())
		}
	})
}

func TestADatabaseThatIsAwayDoesNotStopTheDirectory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slackapptest.NewShelf()
		s.Err = errors.New("database gone")
		o := newOffice(t, s, unprepared)
		defer o.stop()
		for range 10 {
			time.Sleep(time.Minute)
			o.Group("T0", "support")
		}
		if _, ok := o.Group("T0", "support"); !ok {
			t.Error("nothing is known")
		}
		if n := o.log.Count("database gone"); n != 3 { // reading, keeping, the gate
			t.Errorf("said %d times:\n%s", n, o.log.String())
		}
	})
}

// A call that is broken off because the program stops is no trouble: nobody is warned at each stop.
func TestStoppingIsNoTrouble(t *testing.T) {
	for _, method := range []string{"auth.test", "usergroups.list", "users.lookupByEmail", "users.info"} {
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var hanging *slacktest.Injected
				o := newOffice(t, slackapptest.NewShelf(), func(w *slacktest.Workspace) {
					hanging = w.Inject(slacktest.Fault{Method: method, Do: slacktest.Hang(nil)})
				}, "ana@example.com")
				o.Name("T0", "U0ANA")
				o.Group("T0", "support")
				synctest.Wait()
				o.stop()
				if hanging.Hits() == 0 || o.log.Count("level=WARN")+o.log.Count("level=ERROR") > 0 {
					t.Errorf("asked %d times; the log:\n%s", hanging.Hits(), o.log.String())
				}
			})
		})
	}
}
