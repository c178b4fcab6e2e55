package check

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
)

// dockerfile reads the image's Dockerfile as BuildKit does, and reports what its linter says.
func dockerfile(t *testing.T) []instructions.Stage {
	t.Helper()
	const path = "../container/Dockerfile"
	parsed, err := parser.Parse(strings.NewReader(content(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range parsed.Warnings {
		t.Errorf("%s: %s", path, w.Short)
	}
	stages, _, err := instructions.Parse(parsed.AST, linter.New(&linter.Config{
		Warn: func(rule, description, _, message string, at []parser.Range) {
			t.Errorf("%s:%d: %s: %s (%s)", path, at[0].Start.Line, rule, message, description)
		},
	}))
	if err != nil {
		t.Fatal(err)
	}
	return stages
}

// commands are the instructions of one kind in a stage.
func commands[C instructions.Command](stage instructions.Stage) []C {
	var found []C
	for _, command := range stage.Commands {
		if c, ok := command.(C); ok {
			found = append(found, c)
		}
	}
	return found
}

// image is the last stage: what is shipped.
func image(t *testing.T) instructions.Stage {
	t.Helper()
	stages := dockerfile(t)
	return stages[len(stages)-1]
}

// imageEnvironment is what the image sets.
func imageEnvironment(t *testing.T) map[string]string {
	t.Helper()
	env := map[string]string{}
	for _, command := range commands[*instructions.EnvCommand](image(t)) {
		for _, pair := range command.Env {
			env[pair.Key] = pair.Value
		}
	}
	return env
}

var number = regexp.MustCompile(`^[1-9][0-9]*:[1-9][0-9]*$`)

// The image is one binary on nothing, which runs as nobody in particular and asks itself how it is.
func TestImageIsSmallAndUnprivileged(t *testing.T) {
	shipped := image(t)
	if shipped.BaseName != "scratch" {
		t.Errorf("it is based on %s", shipped.BaseName)
	}
	users := commands[*instructions.UserCommand](shipped)
	if len(users) != 1 || !number.MatchString(users[0].User) {
		t.Fatalf("its user has to be a number, and not root's: %+v", users)
	}
	entry := commands[*instructions.EntrypointCommand](shipped)[0]
	cmd := commands[*instructions.CmdCommand](shipped)[0]
	check := commands[*instructions.HealthCheckCommand](shipped)[0].Health
	for what, wrong := range map[string]bool{
		"the entry point": entry.PrependShell || !slices.Equal(entry.CmdLine, []string{"/slabuddy"}),
		"the command":     cmd.PrependShell || !slices.Equal(cmd.CmdLine, []string{"serve"}),
		"the check":       !slices.Equal(check.Test, []string{"CMD", "/slabuddy", "health"}), // there is no shell
	} {
		if wrong {
			t.Errorf("%s is not as it should be", what)
		}
	}
}

// What the image sets is what the program takes, and its data is in the volume, which is the user's.
func TestImageKeepsItsDataInTheVolume(t *testing.T) {
	env := imageEnvironment(t)
	if _, err := config.ReadEnv(func(name string) string { return env[name] }, nil); err != nil {
		t.Error(err)
	}
	shipped := image(t)
	volumes := commands[*instructions.VolumeCommand](shipped)[0].Volumes
	if !slices.Equal(volumes, []string{"/data"}) || env["DATABASE_URL"] != "sqlite:/data/slabuddy.db" || env["TMPDIR"] != "/data" {
		t.Errorf("volumes %v, environment %v", volumes, env)
	}
	user := commands[*instructions.UserCommand](shipped)[0].User
	if !slices.ContainsFunc(commands[*instructions.CopyCommand](shipped), func(c *instructions.CopyCommand) bool {
		return c.DestPath == "/data" && c.Chown == user
	}) {
		t.Error("no /data that belongs to " + user)
	}
	if _, set := env["SLABUDDY_CONFIG"]; set {
		t.Error("a configuration file that is named has to be there; without a name it may be left out")
	}
}

// The builder sees every source of the program, and nothing that is anybody's secret.
func TestBuilderSeesTheSourcesOnly(t *testing.T) {
	patterns, err := ignorefile.ReadAll(strings.NewReader(content(t, "../../.dockerignore")))
	if err != nil {
		t.Fatal(err)
	}
	ignore, err := patternmatcher.New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	ignored := func(path string) bool {
		yes, err := ignore.MatchesOrParentMatches(path)
		if err != nil {
			t.Fatal(err)
		}
		return yes
	}
	for _, source := range append(sources(t), "go.mod", "go.sum", "LICENSE") {
		if ignored(source) {
			t.Errorf("the builder would not see %s", source)
		}
	}
	for _, private := range []string{".git/config", ".env", "deploy/.env", "deploy/compose/slabuddy/google.json", "slabuddy.db", "slabuddy.yaml"} {
		if !ignored(private) {
			t.Errorf("the builder would see %s", private)
		}
	}
}

// sources are the files that the program is built from, what it embeds included, as paths in the repository.
func sources(t *testing.T) []string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=Dir,Module,GoFiles,EmbedFiles", "./cmd/slabuddy")
	list.Dir, list.Stderr = root, os.Stderr
	list.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			Dir                 string
			Module              *struct{ Main bool }
			GoFiles, EmbedFiles []string
		}
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return files
		case err != nil:
			t.Fatal(err)
		}
		if p.Module == nil || !p.Module.Main {
			continue
		}
		for _, file := range append(p.GoFiles, p.EmbedFiles...) {
			path, err := filepath.Rel(root, filepath.Join(p.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, filepath.ToSlash(path))
		}
	}
}
