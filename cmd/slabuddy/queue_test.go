package main_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// receiver is where calls go. It keeps them, and answers with what they said, secrets included.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	calls []string // method, path and body
	auth  []string
	bad   map[string]bool // paths that are refused
	hang  map[string]bool // paths that are not answered
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{bad: map[string]bool{}, hang: map[string]bool{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		r.calls = append(r.calls, fmt.Sprintf("%s %s %s", req.Method, req.URL.Path, body))
		r.auth = append(r.auth, req.Header.Get("Authorization"))
		bad, hang := r.bad[req.URL.Path], r.hang[req.URL.Path]
		r.mu.Unlock()
		if hang {
			<-req.Context().Done()
			return
		}
		if bad {
			w.WriteHeader(http.StatusBadRequest)
		}
		fmt.Fprintf(w, "%s with %s said %s", req.URL.Path, req.Header.Get("Authorization"), body)
	}))
	t.Cleanup(r.Server.CloseClientConnections)
	t.Cleanup(r.Server.Close)
	return r
}

func (r *receiver) set(paths map[string]bool, path string, to bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	paths[path] = to
}

// got counts the calls of a path.
func (r *receiver) got(path string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.calls {
		if strings.Contains(c, " "+path+" ") {
			n++
		}
	}
	return n
}

const hookToken = "t0p-s3cret-t0ken"

func queueWorld(t *testing.T, database, configuration string) (*world, *receiver) {
	w := newWorld(t, database, configuration)
	w.env = append(w.env, "HOOK_TOKEN="+hookToken)
	w.secrets = append(w.secrets, hookToken)
	return w, newReceiver(t)
}

// must runs a command that has to succeed.
func (w *world) must(args ...string) outcome {
	w.t.Helper()
	got := w.run(args...)
	if got.code != 0 {
		w.t.Fatalf("slabuddy %s: %d\n%s", strings.Join(args, " "), got.code, got.stderr)
	}
	w.keepsSecrets("slabuddy "+strings.Join(args, " "), got.stdout+got.stderr)
	return got
}

type listedJob struct {
	ID, Key, State, Cause string
	LastError             string `json:"last_error"`
	Result                struct {
		Status int
		Body   string
	}
}

func (w *world) jobsBy(args ...string) map[string]listedJob {
	w.t.Helper()
	list := read[struct{ Jobs []listedJob }](w.t, w.must(append([]string{"queue", "list", "--json"}, args...)...))
	byKey := map[string]listedJob{}
	for _, j := range list.Jobs {
		byKey[j.Key] = j
	}
	return byKey
}

// An operator adds a graph, holds it, lets it go, sees it fail, mends it, and sees it done.
func TestAGraphOfCallsIsAddedHeldReleasedMendedAndDone(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w, r := queueWorld(t, database, "")
		w.configure(plain + "queues: {page: {headers: {Authorization: 'Bearer ${HOOK_TOKEN}'}, secrets: {HOOK_TOKEN: '" + r.URL + "'}}, other: {workers: 2}}\n")
		w.must("migrate", "up")
		graph := map[string]any{"graph": "rollout", "jobs": []map[string]any{
			{"name": "first", "url": r.URL + "/first", "body": map[string]any{"n": 1}},
			{"name": "a", "url": r.URL + "/a", "after": []string{"first"}},
			{"name": "b", "url": r.URL + "/b", "after": []string{"first"}, "queue": "other", "method": "put", "query": map[string]string{"x": "y z"}},
			{"name": "last", "url": r.URL + "/last", "after": []string{"a", "b"}, "headers": map[string]string{"X-Step": "last"}},
		}}
		file := filepath.Join(w.dir, "graph.json")
		content, err := json.Marshal(graph)
		w.check(err)
		w.check(os.WriteFile(file, content, 0o600))
		expect(t, w.must("queue", "add", "--file", file, "--held").stdout, "They are held")
		if got := w.must("queue", "add", "--file", file, "--held"); strings.Count(got.stdout, "was there already") != 4 {
			t.Errorf("added twice:\n%s", got.stdout)
		}
		jobs := w.jobsBy()
		if len(jobs) != 4 || jobs["graph/rollout/last"].State != "held" {
			t.Fatalf("%+v", jobs)
		}
		expect(t, w.must("queue", "stats").stdout, "held")
		r.set(r.bad, "/b", true)
		c := w.start()
		expect(t, w.must("queue", "release", "rollout").stdout, "4 jobs of rollout released")
		last := jobs["graph/rollout/last"].ID
		w.until("the failure takes along what waits for it", patience, func() bool {
			return w.jobsBy("--graph=rollout", "--state=cancelled")["graph/rollout/last"].Cause == jobs["graph/rollout/b"].ID
		})
		show := w.must("queue", "show", last).stdout
		expect(t, show, "cancelled")
		expect(t, show, "X-Step: last")
		expect(t, show, "Comes after:")
		failed := w.must("queue", "show", jobs["graph/rollout/b"].ID).stdout
		expect(t, failed, "400 /b")
		expect(t, failed, "PUT "+r.URL+"/b?x=y z")
		if got := w.run("queue", "retry", last); got.code != 1 || !strings.Contains(got.stderr, "try job "+jobs["graph/rollout/b"].ID) {
			t.Errorf("what was taken along is tried by itself: %d %s", got.code, got.stderr)
		}
		r.set(r.bad, "/b", false)
		w.must("queue", "retry", jobs["graph/rollout/b"].ID)
		w.until("all of it is done", patience, func() bool { return len(w.jobsBy("--graph=rollout", "--state=done")) == 4 })
		for path, want := range map[string]int{"/first": 1, "/a": 1, "/b": 2, "/last": 1} {
			if n := r.got(path); n != want {
				t.Errorf("%s was called %d times, want %d", path, n, want)
			}
		}
		r.mu.Lock()
		if r.auth[0] != "Bearer "+hookToken || !strings.Contains(r.calls[0], `{"n":1}`) {
			t.Errorf("the first call: %s, Authorization %q", r.calls[0], r.auth[0])
		}
		r.mu.Unlock()
		first := w.jobsBy("--state=done", "--text=first")["graph/rollout/first"]
		if first.Result.Status != 200 || !strings.Contains(first.Result.Body, "/first with Bearer *** said") {
			t.Errorf("the answer is kept as %+v", first.Result)
		}
		c.kill()
		w.keepsSecrets("the log", c.logged())
		w.noSecretsIn(database)
	})
}

// noSecretsIn looks through the files of a SQLite database. What stands in Postgres the same code wrote.
func (w *world) noSecretsIn(database string) {
	w.t.Helper()
	path, ok := strings.CutPrefix(database, "sqlite:")
	if !ok {
		return
	}
	files, err := filepath.Glob(path + "*")
	w.check(err)
	for _, f := range files {
		content, err := os.ReadFile(f)
		w.check(err)
		w.keepsSecrets(f, string(content))
	}
}

func TestCancellingAReminderSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), plain)
	w.must("migrate", "up")
	const id = "00000000-0000-7000-8000-000000000001"
	job := escalation.NewPostJob(id, "reminder/tl/1/1", escalation.Post{Timeline: "tl", Round: 1, Reminder: &escalation.Reminder{Tier: 1}}, time.Now())
	w.check(w.peek().AddJobs(t.Context(), []queue.New{job}, time.Now()))
	expect(t, w.must("queue", "cancel", id).stdout, "is cancelled", "Its tier is given up", "next tier comes", "slabuddy queue retry "+id)
	expect(t, w.must("queue", "retry", id).stdout, "is tried again", "decided again")
}

func TestASingleCallIsAddedAndCancelled(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w, r := queueWorld(t, database, "")
		w.configure(plain + "queues: {page: {secrets: {HOOK_TOKEN: '" + r.URL + "'}}}\n")
		w.must("migrate", "up")
		first := read[[]struct{ ID string }](t, w.must("queue", "add", "--url", r.URL+"/one", "--header", "Authorization: Bearer ${HOOK_TOKEN}", "--body", "hello", "--in=1h", "--json"))[0].ID
		second := read[[]struct{ ID string }](t, w.must("queue", "add", "--url", r.URL+"/two", "--after", first, "--key=mine", "--json"))[0].ID
		expect(t, w.must("queue", "list", "--state=pending").stdout, "pending, after 1")
		expect(t, w.must("queue", "show", first).stdout, "Authorization: Bearer ${HOOK_TOKEN}")
		expect(t, w.must("queue", "show", first).stdout, second)
		expect(t, w.must("queue", "cancel", first).stdout, "is cancelled, and what waited for it")
		if j := w.jobsBy()["mine"]; j.State != "cancelled" || j.Cause != first {
			t.Errorf("%+v", j)
		}
		expect(t, w.must("queue", "list", "--older=1d").stdout, "There are no such jobs.")
	})
}

// Rule 29: what a job holds was written by others, and steers nobody's terminal.
func TestWhatIsShownOfAJobSteersNoTerminal(t *testing.T) {
	t.Parallel()
	w, r := queueWorld(t, databases["sqlite"](t), plain)
	w.must("migrate", "up")
	const evil = "a\x1b]0;renamed\x07b\u009b2Jc\u202ed\re"
	id := read[[]struct{ ID string }](t, w.must("queue", "add", "--url", r.URL, "--key", "key "+evil, "--body", "line one\n"+evil, "--json"))[0].ID
	for _, command := range [][]string{{"queue", "list"}, {"queue", "show", id}} {
		shown := w.must(command...).stdout
		if strings.ContainsAny(shown, "\x1b\x07\r\u009b\u202e") {
			t.Errorf("%s shows %q", strings.Join(command, " "), shown)
		}
		expect(t, shown, "]0;renamed")
	}
}

func TestWhatCannotBeAddedIsRefusedAndSaysWhy(t *testing.T) {
	t.Parallel()
	w, r := queueWorld(t, databases["sqlite"](t), plain)
	if got := w.run("queue", "list"); got.code != 1 || !strings.Contains(got.stderr, "there is no database") {
		t.Errorf("without a file: %d %s", got.code, got.stderr)
	}
	w.check(os.WriteFile(strings.TrimPrefix(w.database, "sqlite:"), nil, 0o600))
	if got := w.run("queue", "list"); got.code != 1 || !strings.Contains(got.stderr, "slabuddy migrate up") {
		t.Errorf("without tables: %d %s", got.code, got.stderr)
	}
	w.must("migrate", "up")
	file := filepath.Join(w.dir, "graph.json")
	for _, test := range []struct{ graph, args, stderr string }{
		{args: "--url nowhere", stderr: "is no web address"},
		{args: "--url " + r.URL + " --queue slack", stderr: `there is no queue "slack" for HTTP calls; configured are page`},
		{args: "--url " + r.URL + " --method FETCH", stderr: `"FETCH" is none of GET`},
		{args: "--url " + r.URL + " --header Authorization:abcdef", stderr: "write ${NAME} instead"},
		{args: "--url " + r.URL + " --body ${HOOK_TOKEN}", stderr: "queues: {page: {secrets: {HOOK_TOKEN: '" + r.URL + "'}}}"},
		{args: "--url ${HOOK_URL}", stderr: "queues: {page: {secrets: {HOOK_URL: 'self'}}}"},
		{args: "--url " + r.URL + "?t=${SLACK_BOT_TOKEN}", stderr: "SLACK_BOT_TOKEN is not for this call"},
		{args: "--url " + r.URL + " --after 00000000-0000-7000-8000-000000000000", stderr: "which is not there"},
		{args: "--url " + r.URL + " --timeout 1h", stderr: "5m is the longest"},
		{args: "--url " + r.URL + " --in soon", stderr: "write a duration"},
		{args: "", stderr: "say where to call"},
		{graph: `{"jobs": [{"name": "a", "url": "URL", "after": ["b"]}, {"name": "b", "url": "URL", "after": ["a"]}]}`, stderr: "wait for each other in a circle"},
		{graph: "{\"jobs\": [\n{\"nam\": \"a\"}]}", stderr: `graph.json:2: this is no graph of jobs: json: unknown field "nam"`},
		{graph: `{"jobs": []}`, stderr: "the graph has no jobs"},
		{graph: `{"jobs": [{"name": "a", "url": "URL"}, {"name": "a", "url": "URL"}]}`, stderr: `two jobs are called "a"`},
		{args: "--timeout 3s", graph: `{"jobs": [{"name": "a", "url": "URL"}]}`, stderr: "--file says all about its jobs"},
		{args: "--queue pge", graph: `{"jobs": [{"name": "a", "url": "URL"}]}`, stderr: `job "a": there is no queue "pge"`},
		{graph: `{"jobs": [{"name": "a", "url": "URL", "queue": "pge"}]}`, stderr: `job "a": there is no queue "pge"`},
	} {
		args := append([]string{"queue", "add"}, strings.Fields(test.args)...)
		if test.graph != "" {
			w.check(os.WriteFile(file, []byte(strings.ReplaceAll(test.graph, "URL", r.URL)), 0o600))
			args = append(args, "--file", file)
		}
		got := w.run(args...)
		if got.code != 1 {
			t.Errorf("%s%s: exit code %d", test.args, test.graph, got.code)
		}
		expect(t, got.stderr, test.stderr)
	}
	if jobs := w.jobsBy(); len(jobs) != 0 {
		t.Errorf("something was added all the same: %+v", jobs)
	}
}

// Rule 29: whoever can write into the database has the bot make calls, and gets no secret by it.
func TestAStoredCallIsGivenNoSecretButItsOwn(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w, theirs := queueWorld(t, database, "")
		mine := newReceiver(t)
		w.configure(plain + "queues: {page: {secrets: {HOOK_TOKEN: '" + mine.URL + "'}}}\n" +
			"pages: {oncall: {preset: grafana-oncall, url_env: ONCALL_URL}}\n")
		w.env = append(w.env, "ONCALL_URL="+mine.URL+onCallKey)
		w.secrets = append(w.secrets, "k3y-of-the-integration")
		w.must("migrate", "up")

		var jobs []queue.New
		write := func(key string, c escalation.CallJob) {
			c.Call.Method = "POST"
			jobs = append(jobs, escalation.NewCallJob(uuid.NewString(), key, escalation.QueuePage, c, time.Now()))
		}
		for _, name := range []string{"SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "HELPDESK_TOKEN", "PATH", "HOOK_TOKEN", "ONCALL_URL"} {
			write("body/"+name, escalation.CallJob{Call: page.Call{URL: theirs.URL, Body: "${" + name + "}"}})
			write("template/"+name, escalation.CallJob{Call: page.Call{URL: theirs.URL, Templates: true, Body: `{{ref "` + name + `"}}`}})
			write("page/"+name, escalation.CallJob{
				Call: page.Call{URL: theirs.URL + "/${" + name + "}"},
				Page: &escalation.PageOrder{Name: "oncall", Resolve: true, Facts: escalation.PageFacts{Thread: escalation.Thread{Workspace: "T0ACME"}}},
			})
		}
		stolen := len(jobs)
		write("own", escalation.CallJob{Call: page.Call{URL: mine.URL + "/own", Body: "${HOOK_TOKEN}"}})
		w.check(w.peek().AddJobs(t.Context(), jobs, time.Now()))

		c := w.start()
		w.until("all of them have ended", patience, func() bool {
			return len(w.jobsBy("--state=failed")) == stolen && len(w.jobsBy("--state=done")) == 1
		})
		for key, j := range w.jobsBy("--state=failed") {
			if !strings.Contains(j.LastError, "is not for this call") && !strings.Contains(j.LastError, "does not go to the address") {
				t.Errorf("%s failed for another reason: %s", key, j.LastError)
			}
		}
		theirs.mu.Lock()
		if len(theirs.calls) != 0 {
			t.Errorf("they got %v", theirs.calls)
		}
		theirs.mu.Unlock()
		if mine.got("/own") != 1 || !strings.Contains(mine.calls[0], hookToken) {
			t.Errorf("the queue's own call came as %v", mine.calls)
		}
		c.kill()
		w.keepsSecrets("the log", c.logged())
		w.noSecretsIn(database)
	})
}
