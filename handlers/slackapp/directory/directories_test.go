package directory

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/slackapptest"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// installations are those of a test, and their tokens.
type installations struct {
	mu      sync.Mutex
	tokens  map[string]string // by workspace; "" is SLACK_BOT_TOKEN
	home    string
	changed func(workspace string)
}

func newInstallations(tokens map[string]string) *installations {
	return &installations{tokens: tokens, changed: func(string) {}}
}

func (i *installations) Token(_ context.Context, workspace string) (string, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if token := i.tokens[workspace]; token != "" {
		return token, nil
	}
	if i.tokens[""] != "" && (i.home == "" || i.home == workspace) {
		return i.tokens[""], nil
	}
	return "", client.ErrNoToken
}

func (i *installations) Installed() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	var in []string
	for workspace := range i.tokens {
		if workspace != "" {
			in = append(in, workspace)
		}
	}
	slices.Sort(in)
	return in
}

func (i *installations) In(workspace string) bool { return slices.Contains(i.Installed(), workspace) }

func (i *installations) Self(workspace string) client.Identity {
	if !i.In(workspace) {
		return client.Identity{}
	}
	return client.Identity{Workspace: workspace, User: "UBOT"}
}

func (i *installations) HasHome() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.tokens[""] != ""
}

func (i *installations) Home(workspace string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.home = workspace
}

func (i *installations) set(workspace, token string) {
	i.mu.Lock()
	if token == "" {
		delete(i.tokens, workspace)
	} else {
		i.tokens[workspace] = token
	}
	i.mu.Unlock()
	i.changed(workspace)
}

// byToken carries a call to the workspace whose token it has.
type byToken map[string]http.RoundTripper

func (b byToken) RoundTrip(r *http.Request) (*http.Response, error) {
	token, inHeader := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !inHeader {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, err
		}
		token, r.Body = form.Get("token"), io.NopCloser(strings.NewReader(string(body)))
	}
	if to := b[token]; to != nil {
		return to.RoundTrip(r)
	}
	return nil, errors.New("a token that nobody knows was sent")
}

// offices are directories at work in two simulated workspaces, T1 (xoxb-1) and T2 (xoxb-2), in fake time.
type offices struct {
	*Directories
	t1, t2 *slacktest.Workspace
	in     *installations
	shelf  *slackapptest.Shelf
	soon   []string // something is decided there soon
	log    slackapptest.Log
	stop   func()
}

func newOffices(t *testing.T, in *installations, soon ...string) *offices {
	t.Helper()
	o := &offices{in: in, shelf: slackapptest.NewShelf(), soon: soon}
	o.t1 = slacktest.New(slacktest.Options{Team: slacktest.Team{ID: "T1"}, Token: "xoxb-1"})
	o.t2 = slacktest.New(slacktest.Options{Team: slacktest.Team{ID: "T2"}, Token: "xoxb-2"})
	o.t1.AddGroup(slacktest.Group{ID: "S1SUPPORT", Handle: "support"})
	o.t2.AddGroup(slacktest.Group{ID: "S2SUPPORT", Handle: "support"})
	o.t1.AddUser(slacktest.User{ID: "U1ANA", Name: "ana", Email: "ana@example.com"})
	o.t2.AddUser(slacktest.User{ID: "U2BOB", Name: "bob", Email: "bob@example.com"})
	client := &http.Client{Transport: byToken{"xoxb-1": o.t1.Client().Transport, "xoxb-2": o.t2.Client().Transport}}
	emails := map[string][]string{"T1": {"ana@example.com"}, "T2": {"bob@example.com"}}
	o.Directories = New(Config{
		API:   slackapptest.API(t, slacktest.APIURL, client, in, prometheus.NewRegistry()),
		Cache: o.shelf, Gates: o.shelf, Installations: in,
		Emails: func(workspace string) []string { return emails[workspace] },
		Soon:   func(context.Context) ([]string, error) { return o.soon, nil },
		Now:    time.Now, Log: slog.New(slog.NewTextHandler(&o.log, nil)),
	})
	in.changed = o.Renew
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- o.Run(ctx) }()
	o.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v", err)
		}
		o.t1.Close()
		o.t2.Close()
	}
	synctest.Wait()
	return o
}

func (o *offices) group(workspace string) string {
	id, _ := o.Group(workspace, "support")
	return id
}

func TestEachWorkspaceHasADirectoryOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffices(t, newInstallations(map[string]string{"T1": "xoxb-1", "T2": "xoxb-2"}), "T1", "T2")
		defer o.stop()
		<-o.Ready()
		if diff := cmp.Diff([]string{"T1", "T2"}, o.Workspaces()); diff != "" {
			t.Errorf("Workspaces (-want +got):\n%s", diff)
		}
		if o.group("T1") != "S1SUPPORT" || o.group("T2") != "S2SUPPORT" || o.group("T3") != "" || o.group("") != "" {
			t.Errorf("groups: %q, %q, %q, %q", o.group("T1"), o.group("T2"), o.group("T3"), o.group(""))
		}
		if id, _ := o.UserByEmail("T1", "ana@example.com"); id != "U1ANA" {
			t.Errorf("T1 does not know ana: %q", id)
		}
		if id, ok := o.UserByEmail("T2", "ana@example.com"); ok {
			t.Errorf("T2 knows ana of T1: %q", id)
		}
		if n := len(o.t2.Calls("users.lookupByEmail")); n != 1 {
			t.Errorf("T2 is asked for %d addresses, want its own one", n)
		}
		if o.Self("T1").Workspace != "T1" || o.Self("T2").Workspace != "T2" || o.Self("T3") != (client.Identity{}) {
			t.Errorf("Self: %v, %v, %v", o.Self("T1"), o.Self("T2"), o.Self("T3"))
		}
	})
}

func TestARefusedTokenHoldsItsWorkspaceAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffices(t, newInstallations(map[string]string{"T1": "xoxb-1", "T2": "xoxb-2"}), "T1", "T2")
		defer o.stop()
		o.t1.Inject(slacktest.Fault{Do: slacktest.Refused("token_revoked")})
		time.Sleep(refreshEvery)
		synctest.Wait()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		gates := o.shelf.Shut()
		if _, shut := gates["workspace/T1"]; !shut || len(gates) != 1 {
			t.Errorf("gates shut: %v, want that of T1", gates)
		}
		if o.group("T2") != "S2SUPPORT" || o.group("T1") != "S1SUPPORT" {
			t.Error("what is known was forgotten")
		}
	})
}

func TestWorkspacesComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffices(t, newInstallations(map[string]string{"T1": "xoxb-1"}), "T1")
		defer o.stop()
		if o.group("T2") != "" || o.group("T1") != "S1SUPPORT" {
			t.Error("T2 is known before it installed the app, or T1 is not")
		}
		o.in.set("T2", "xoxb-2")
		synctest.Wait()
		if o.group("T2") != "S2SUPPORT" {
			t.Error("T2 is not known at once")
		}
		o.in.set("T1", "")
		synctest.Wait()
		if o.group("T1") != "" || o.Self("T1") != (client.Identity{}) || o.group("T2") != "S2SUPPORT" {
			t.Error("T1, which left, is still known; or T2 is not")
		}
		before := len(o.t1.Calls())
		time.Sleep(time.Hour)
		if len(o.t1.Calls()) != before {
			t.Error("Slack is still asked about T1")
		}
	})
}

func TestTheBotTokensWorkspaceIsOneMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffices(t, newInstallations(map[string]string{"": "xoxb-1", "T2": "xoxb-2"}))
		defer o.stop()
		<-o.Ready()
		if diff := cmp.Diff([]string{"T1", "T2"}, o.Workspaces()); diff != "" {
			t.Errorf("Workspaces (-want +got):\n%s", diff)
		}
		if o.group("T1") != "S1SUPPORT" || o.in.home != "T1" {
			t.Errorf("group %q, home %q", o.group("T1"), o.in.home)
		}
		before := len(o.t1.Calls())
		o.in.set("T1", "xoxb-1") // it is installed by OAuth as well
		o.group("T1")
		synctest.Wait()
		if n := len(o.t1.Calls()) - before; n != 3 {
			t.Errorf("asked %d times, want its one directory to test the token, and to read groups and an address", n)
		}
		o.in.set("T1", "")
		synctest.Wait()
		if o.group("T1") != "S1SUPPORT" {
			t.Error("with the installation gone, SLACK_BOT_TOKEN does not serve T1 again")
		}
	})
}

// While Slack is away a workspace is known as it was last time, and another's keeping is not its.
func TestARestartKnowsEachWorkspace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := newInstallations(map[string]string{"T1": "xoxb-1", "T2": "xoxb-2"})
		o := newOffices(t, in, "T1", "T2")
		o.stop()
		again := &offices{}
		again.Directories = New(o.Config)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		client := &http.Client{Transport: byToken{}}
		again.API = slackapptest.API(t, slacktest.APIURL, client, in, prometheus.NewRegistry())
		go func() { done <- again.Run(ctx) }()
		synctest.Wait()
		if again.group("T1") != "S1SUPPORT" || again.group("T2") != "S2SUPPORT" {
			t.Errorf("known: %q, %q", again.group("T1"), again.group("T2"))
		}
		cancel()
		<-done
	})
}

// Rule 14: the gate is what holds the reminders, raises the alert, and is posted in ops_channel.
func TestATokenOfAnotherWorkspaceIsNotUsedAndSaidAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffices(t, newInstallations(map[string]string{"T1": "xoxb-2"}), "T1")
		defer o.stop()
		if o.group("T1") != "" || o.group("T2") != "" || o.log.Count("belongs to workspace T2") != 1 || o.log.Count("level=ERROR") != 1 {
			t.Errorf("T1 knows %q; the log:\n%s", o.group("T1"), o.log.String())
		}
		if shut := o.shelf.Shut()[gate.Workspace("T1")]; !strings.Contains(shut.Reason, "belongs to workspace T2") {
			t.Errorf("the gate of T1 is %+v", shut)
		}
	})
}

func TestSlackAwayAtTheStartIsTriedAgainSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var down *slacktest.Injected
		o := newOffice(t, slackapptest.NewShelf(), func(w *slacktest.Workspace) {
			down = w.Inject(slacktest.Fault{Do: slacktest.Status(503)})
		})
		defer o.stop()
		time.Sleep(6 * time.Second)
		down.Clear()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if _, ok := o.Group("T0", "support"); !ok {
			t.Error("Slack answers again, and 16 s after the start nothing is known")
		}
		before := len(o.Calls())
		time.Sleep(time.Hour)
		if n := len(o.Calls()) - before; n != 0 {
			t.Errorf("afterwards, with nobody looking, asked %d times in an hour", n)
		}
	})
}

func TestPeopleAreKnownByName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffices(t, newInstallations(map[string]string{"T1": "xoxb-1", "T2": "xoxb-2"}))
		defer o.stop()
		if name, ok := o.Name("T1", "U1ANA"); ok {
			t.Errorf("known before anybody asked: %q", name)
		}
		synctest.Wait()
		if zone := o.Zone("T1", "U1ANA"); zone == nil || zone.String() != "Europe/Lisbon" {
			t.Errorf("Zone(ana) = %v", zone)
		}
		if name, ok := o.Name("T1", "U1ANA"); name != "ana" || !ok {
			t.Errorf("Name = %q, %t", name, ok)
		}
		if name, ok := o.Name("T2", "U1ANA"); ok {
			t.Errorf("T2 knows somebody of T1: %q", name)
		}
		synctest.Wait()
		for range 5 {
			o.Name("T2", "U1ANA")
			synctest.Wait()
		}
		if n := len(o.t2.Calls("users.info")); n != 1 {
			t.Errorf("somebody whom nobody knows is looked up %d times", n)
		}
		time.Sleep(25 * time.Hour)
		o.Name("T1", "U1ANA")
		synctest.Wait()
		if n := len(o.t1.Calls("users.info")); n != 2 {
			t.Errorf("looked up %d times; people rename themselves", n)
		}
	})
}
