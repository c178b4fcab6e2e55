package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/slabuddy/slabuddy/"

type layer struct {
	covers string // this package and those below it
	may    []string
}

// layers say which of our packages each may import beside those below itself. The first that covers a
// package counts.
//
//	calendar ← escalation ← {store, handlers} ← cmd;  escalation → escalation/queue, never back
//
// What may stand between the packages below escalation, checkEscalation says.
var layers = []layer{
	{"calendar", nil},
	{"escalation/sleep", nil},
	{"escalation/queue", []string{"escalation/sleep"}},
	{"escalation/hours", nil},
	{"escalation/fields", nil},
	{"escalation/gate", nil},
	{"escalation/circle", []string{"calendar", "escalation/desk", "escalation/fields", "escalation/slackid"}},
	{"escalation/policy", []string{"escalation/circle", "escalation/desk", "escalation/hours"}},
	{"escalation", []string{"calendar"}},
	{"store", []string{"calendar", "escalation"}},
	{"handlers", []string{"calendar", "escalation"}},
	{"cmd", []string{"calendar", "escalation", "store", "handlers"}},
}

// Within escalation the root holds what is pure, and knows no folders but these. The flows stand beside
// each other and do not know each other: they share the root and escalation/flow, and only cmd joins them.
var (
	rootKnows = []string{"escalation/circle", "escalation/desk", "escalation/fields", "escalation/gate", "escalation/hours", "escalation/length", "escalation/page", "escalation/plain", "escalation/policy", "escalation/queue", "escalation/slackid", "escalation/wording"}
	flows     = []string{"escalation/intake", "escalation/walk", "escalation/act", "escalation/deliver", "escalation/handover"}
)

// ranks order the packages below a folder, lowest first: each may import those of lower ranks only.
var ranks = map[string][][]string{
	"handlers/slackapp": {
		{"tolerant", "mrkdwn", "giphy", "socket", "fleet", "install/seal"},
		{"client", "ticket", "block", "overview"},
		{"directory", "manifest", "people", "readers", "slackapptest", "summary", "threads", "."},
		{"scan", "buttons", "commands", "views", "home", "install"},
		{"message"},
	},
	"handlers/slacktest": {{"blocks", "inprocess", "oauth", "sockets"}, {"."}, {"desks"}},
}

// owners are the only packages of ours, with those below them, that may know a part of the outside.
var owners = map[string][]string{
	"github.com/slack-go/slack":  {"handlers/slackapp", "handlers/slacktest"},
	"google.golang.org/api":      {"calendar/google"},
	"github.com/jackc/pgx":       {"store"},
	"modernc.org/sqlite":         {"store"},
	"database/sql":               {"store"},
	"github.com/goccy/go-yaml":   {"cmd/slabuddy/config"},
	"github.com/alecthomas/kong": {"cmd/slabuddy"},
	"github.com/chromedp":        {}, // for tests alone
	"github.com/riverqueue":      {}, // for the bench alone, a module of its own
}

// pure packages must not reach the outside at all, however indirectly.
var (
	pure    = []string{"escalation", "escalation/queue", "escalation/circle", "escalation/policy", "escalation/desk", "escalation/length", "escalation/plain", "escalation/wording", "escalation/page", "escalation/flow", "escalation/intake", "escalation/walk", "escalation/act", "escalation/deliver", "escalation/handover", "escalation/hours", "escalation/report", "escalation/replay"}
	outside = []string{
		"net/http", "database/sql", "github.com/slack-go/slack", "github.com/jackc/pgx", "modernc.org/sqlite", "google.golang.org/api",
	}
	// Metrics are injected as a prometheus.Registerer, and that client library brings its own HTTP
	// handler along. Ours is not to reason what it imports.
	pruned = "github.com/prometheus"
)

// pkg is a package as `go list` tells it.
type pkg struct {
	ImportPath string
	Imports    []string
}

// within is the path inside our module, "" for packages of others.
func within(importPath string) string {
	path, ok := strings.CutPrefix(importPath, module)
	if !ok {
		return ""
	}
	return path
}

// covers tells whether path is top or below it.
func covers(top, path string) bool { return path == top || strings.HasPrefix(path, top+"/") }

// isTestPackage: by our convention, such a package and those below it are made for tests and the demo.
func isTestPackage(path string) bool {
	return slices.ContainsFunc(strings.Split(path, "/"), func(name string) bool { return strings.HasSuffix(name, "test") })
}

// root is the module's.
const root = "../.."

// lookAtSources makes `go test` run this test again when any source has changed: it remembers results by
// what a test looks at itself, and does not see what `go list` reads.
func lookAtSources(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return filepath.SkipDir
		case filepath.Ext(path) == ".go":
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func listPackages(t *testing.T) map[string]pkg {
	t.Helper()
	lookAtSources(t)
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	all := map[string]pkg{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
}

func TestImports(t *testing.T) {
	all := listPackages(t)
	for _, path := range []string{"calendar", "escalation", "escalation/queue", "escalation/circle", "escalation/policy", "escalation/desk", "escalation/length", "escalation/plain", "escalation/wording", "escalation/page", "escalation/flow", "escalation/intake", "escalation/walk", "escalation/act", "escalation/deliver", "store", "handlers", "cmd/slabuddy"} {
		if _, ok := all[module+path]; !ok {
			t.Fatalf("there is no package %s: this test holds nothing", path)
		}
	}
	t.Run("our packages import each other one way", func(t *testing.T) { checkLayers(t, all) })
	t.Run("escalation's root knows no flow, and no flow another", func(t *testing.T) { checkEscalation(t, all) })
	t.Run("within a folder they are ranked", func(t *testing.T) { checkRanks(t, all) })
	t.Run("the outside is known to its owners only", func(t *testing.T) { checkOwners(t, all) })
	t.Run("escalation and queue reach no Slack, SQL or HTTP", func(t *testing.T) { checkPure(t, all) })
	t.Run("test packages are for tests and the demo", func(t *testing.T) { checkTestPackages(t, all) })
}

func checkLayers(t *testing.T, all map[string]pkg) {
	for _, p := range all {
		path := within(p.ImportPath)
		if path == "" || isTestPackage(path) {
			continue // a simulated Slack may lean on what it simulates for
		}
		i := slices.IndexFunc(layers, func(l layer) bool { return covers(l.covers, path) })
		if i < 0 {
			t.Errorf("%s stands in no layer", path)
			continue
		}
		l := layers[i]
		for _, imported := range p.Imports {
			to := within(imported)
			allowed := to == "" || covers(l.covers, to) || slices.ContainsFunc(l.may, func(m string) bool { return covers(m, to) })
			if !allowed {
				t.Errorf("%s imports %s", path, to)
			}
		}
	}
}

func checkEscalation(t *testing.T, all map[string]pkg) {
	for _, p := range all {
		path := within(p.ImportPath)
		if path == "" || isTestPackage(path) || covers("cmd", path) {
			continue
		}
		var joined []string
		for _, imported := range p.Imports {
			to := within(imported)
			if path == "escalation" && covers("escalation", to) && !slices.Contains(rootKnows, to) {
				t.Errorf("escalation imports %s, and must not know it", to)
			}
			if slices.Contains(flows, to) {
				joined = append(joined, to)
			}
		}
		switch {
		case slices.Contains(flows, path) && len(joined) > 0:
			t.Errorf("%s imports %s: flows do not know each other", path, strings.Join(joined, ", "))
		case len(joined) > 1:
			t.Errorf("%s imports %s: only cmd joins them", path, strings.Join(joined, ", "))
		}
	}
}

func checkRanks(t *testing.T, all map[string]pkg) {
	for folder, order := range ranks {
		rank := map[string]int{}
		for i, names := range order {
			for _, name := range names {
				rank[path.Join(folder, name)] = i
			}
		}
		for _, p := range all {
			from := within(p.ImportPath)
			if !covers(folder, from) {
				continue
			}
			own, ranked := rank[from]
			if !ranked {
				t.Errorf("%s has no rank in %s", from, folder)
			}
			for _, imported := range p.Imports {
				to := within(imported)
				if below, ranked := rank[to]; ranked && below >= own {
					t.Errorf("%s imports %s, which is of no lower rank", from, to)
				}
			}
		}
	}
}

func checkOwners(t *testing.T, all map[string]pkg) {
	for _, p := range all {
		path := within(p.ImportPath)
		if path == "" {
			continue
		}
		for _, imported := range p.Imports {
			for lib, by := range owners {
				if covers(lib, imported) && !slices.ContainsFunc(by, func(o string) bool { return covers(o, path) }) {
					t.Errorf("%s imports %s, which is for %s", path, imported, strings.Join(by, ", "))
				}
			}
		}
	}
}

func checkPure(t *testing.T, all map[string]pkg) {
	for _, from := range pure {
		seen := map[string]bool{}
		var visit func(importPath string, trail []string)
		visit = func(importPath string, trail []string) {
			if seen[importPath] || covers(pruned, importPath) {
				return
			}
			seen[importPath] = true
			trail = append(trail, importPath)
			if slices.ContainsFunc(outside, func(o string) bool { return covers(o, importPath) }) {
				t.Errorf("%s reaches %s: %s", from, importPath, strings.Join(trail, " → "))
				return
			}
			for _, imported := range all[importPath].Imports {
				visit(imported, slices.Clip(trail))
			}
		}
		visit(module+from, nil)
		if len(seen) < 2 {
			t.Errorf("%s imports nothing: this test holds nothing", from)
		}
	}
}

func checkTestPackages(t *testing.T, all map[string]pkg) {
	for _, p := range all {
		path := within(p.ImportPath)
		if path == "" || isTestPackage(path) || covers("cmd/slabuddy/demo", path) {
			continue
		}
		for _, imported := range p.Imports {
			if to := within(imported); to != "" && isTestPackage(to) || imported == "testing" {
				t.Errorf("%s imports %s outside of its tests", path, imported)
			}
		}
	}
}
