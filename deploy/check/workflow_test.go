package check

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// repository is its root, seen from here.
const repository = "../.."

// workflows reads all workflows, by file name.
func workflows(t *testing.T) map[string]*actionlint.Workflow {
	t.Helper()
	files, err := filepath.Glob(repository + "/.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflows: %v", err)
	}
	all := map[string]*actionlint.Workflow{}
	for _, file := range files {
		w, problems := actionlint.Parse(contents(t, file))
		for _, p := range problems {
			t.Errorf("%s: %v", file, p)
		}
		all[filepath.Base(file)] = w
	}
	return all
}

func contents(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// scripts are the commands of a job's steps.
func scripts(j *actionlint.Job) (all []string) {
	for _, s := range j.Steps {
		if run, is := s.Exec.(*actionlint.ExecRun); is {
			all = append(all, run.Run.Value)
		}
	}
	return all
}

func TestWorkflowsAreSound(t *testing.T) {
	var said bytes.Buffer
	linter, err := actionlint.NewLinter(&said, &actionlint.LinterOptions{Shellcheck: "shellcheck"})
	if err != nil {
		t.Fatal(err)
	}
	problems, err := linter.LintDir(repository+"/.github/workflows", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) > 0 {
		t.Error(said.String())
	}
}

func TestShellScriptsAreSound(t *testing.T) {
	files, err := filepath.Glob(repository + "/.ci/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	if said, err := exec.Command("shellcheck", files...).CombinedOutput(); err != nil {
		t.Errorf("shellcheck: %v\n%s", err, said)
	}
}

// A tag can be moved to other code; a commit cannot. Dependabot reads the version behind it.
func TestActionsArePinnedByCommit(t *testing.T) {
	uses := regexp.MustCompile(`(?m)^\s*(?:- )?uses: (.*)$`)
	pinned := regexp.MustCompile(`^([\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/workflows/\w+\.yml)$`)
	for name := range workflows(t) {
		for _, u := range uses.FindAllSubmatch(contents(t, repository+"/.github/workflows/"+name), -1) {
			if !pinned.Match(u[1]) {
				t.Errorf("%s uses %s: want a commit, and its version in a comment", name, u[1])
			}
		}
	}
}

// What a workflow runs has to be there, so that a target that is renamed fails here and not on a release.
func TestCommandsOfWorkflowsExist(t *testing.T) {
	makefile := string(contents(t, repository+"/Makefile"))
	target := regexp.MustCompile(`\bmake ([a-z-]+)`)
	script := regexp.MustCompile(`\.ci/[a-z-]+`)
	found := 0
	for name, w := range workflows(t) {
		for _, j := range w.Jobs {
			for _, run := range scripts(j) {
				for _, m := range target.FindAllStringSubmatch(run, -1) {
					found++
					if !regexp.MustCompile(`(?m)^` + m[1] + `:`).MatchString(makefile) {
						t.Errorf("%s: the Makefile has no target %s", name, m[1])
					}
				}
				for _, path := range script.FindAllString(run, -1) {
					if info, err := os.Stat(filepath.Join(repository, path)); err != nil || info.Mode()&0o100 == 0 {
						t.Errorf("%s: %s cannot be run: %v", name, path, err)
					}
				}
			}
		}
	}
	if found == 0 {
		t.Error("no workflow runs make: this test holds nothing")
	}
}

func TestEveryChangeIsCheckedInFull(t *testing.T) {
	ci := workflows(t)["ci.yml"]
	var all []string
	for _, j := range ci.Jobs {
		all = append(all, scripts(j)...)
	}
	for _, command := range []string{"make test", "make fuzz FUZZTIME=60s", "make check-slacktest", "make check-deploy", "make vuln"} {
		if !slices.ContainsFunc(all, func(run string) bool { return strings.HasPrefix(run, command) }) {
			t.Errorf("ci.yml does not run %s", command)
		}
	}
	if readme := string(contents(t, repository+"/README.md")); !strings.Contains(readme, "\nmake test\n") {
		t.Error("the README's test command is another one")
	}
	var systems []string
	for _, v := range ci.Jobs["test"].Strategy.Matrix.Rows["os"].Values {
		systems = append(systems, strings.Trim(v.String(), `"`))
	}
	for _, system := range []string{"ubuntu", "macos"} {
		if !slices.ContainsFunc(systems, func(s string) bool { return strings.HasPrefix(s, system) }) {
			t.Errorf("make test does not run on %s, only on %q", system, systems)
		}
	}
}

// A job that is taken over can do no more than it was meant to, and one that hangs ends.
func TestJobsMayAndTakeNoMoreThanTheyNeed(t *testing.T) {
	for name, w := range workflows(t) {
		if p := w.Permissions; p == nil || len(p.Scopes) != 1 || p.Scopes["contents"] == nil || p.Scopes["contents"].Value.Value != "read" {
			t.Errorf("%s: permissions should begin with contents: read, and jobs ask for what they need beyond it", name)
		}
		if w.Concurrency == nil {
			t.Errorf("%s: what happens to two runs at a time is left open", name)
		}
		for id, j := range w.Jobs {
			if j.WorkflowCall == nil && j.TimeoutMinutes == nil {
				t.Errorf("%s: %s has no timeout-minutes", name, id)
			}
			if name == "ci.yml" && j.Permissions != nil {
				t.Errorf("%s: %s asks for permissions, and runs what a pull request brings", name, id)
			}
		}
	}
}
