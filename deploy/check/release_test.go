package check

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// dependabot is what is looked at of .github/dependabot.yml.
type dependabot struct {
	Version int `json:"version"`
	Updates []struct {
		Ecosystem   string                         `json:"package-ecosystem"`
		Directory   string                         `json:"directory"`
		Directories []string                       `json:"directories"`
		Schedule    map[string]string              `json:"schedule"`
		Groups      map[string]map[string][]string `json:"groups"`
	} `json:"updates"`
}

// kept are the folders that Dependabot looks into, by what it looks for there.
func kept(t *testing.T) map[string][]string {
	t.Helper()
	var d dependabot
	if err := yaml.UnmarshalStrict(contents(t, repository+"/.github/dependabot.yml"), &d); err != nil {
		t.Fatal(err)
	}
	folders := map[string][]string{}
	for _, u := range d.Updates {
		for _, dir := range append(u.Directories, u.Directory) {
			if dir != "" {
				folders[u.Ecosystem] = append(folders[u.Ecosystem], dir)
			}
		}
	}
	return folders
}

func TestDependabotKnowsWhereDependenciesAre(t *testing.T) {
	manifests := map[string]string{ // file: ecosystem
		"go.mod": "gomod", "package.json": "npm", "Dockerfile": "docker", "compose.yaml": "docker-compose",
	}
	there := map[string][]string{"github-actions": {"/"}}
	err := filepath.WalkDir(repository, func(path string, e fs.DirEntry, err error) error {
		switch ecosystem := manifests[filepath.Base(path)]; {
		case err != nil:
			return err
		case e.Name() == ".git" || e.Name() == "node_modules":
			return fs.SkipDir
		case ecosystem != "":
			folder := strings.TrimPrefix(filepath.Dir(path), repository)
			there[ecosystem] = append(there[ecosystem], filepath.Clean("/"+folder))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	known := kept(t)
	for ecosystem, dirs := range there {
		if slices.Sort(dirs); !slices.Equal(slices.Sorted(slices.Values(known[ecosystem])), dirs) {
			t.Errorf("Dependabot looks for %s in %v, and there is some in %v", ecosystem, known[ecosystem], dirs)
		}
	}
}

// A file that is not there would fail the release, after the tag.
func TestArchivesHoldFilesThatExist(t *testing.T) {
	var config struct {
		Archives []struct {
			Files []struct {
				Src string `json:"src"`
			} `json:"files"`
		} `json:"archives"`
	}
	if err := yaml.Unmarshal(contents(t, repository+"/.goreleaser.yaml"), &config); err != nil {
		t.Fatal(err)
	}
	var packed []string
	for _, f := range config.Archives[0].Files {
		packed = append(packed, f.Src)
		if _, err := os.Stat(filepath.Join(repository, f.Src)); err != nil {
			t.Errorf(".goreleaser.yaml packs %s: %v", f.Src, err)
		}
	}
	entries, err := os.ReadDir(repository + "/deploy")
	if err != nil {
		t.Fatal(err)
	}
	ours := []string{"check", "container"} // of use with the sources only
	for _, e := range entries {
		if !slices.Contains(ours, e.Name()) && !slices.Contains(packed, "deploy/"+e.Name()) {
			t.Errorf("deploy/%s is in no archive", e.Name())
		}
	}
}

const changelog = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-21

### Added

- A thing.

## [1.2.0-rc.1] - 2026-11-20

- A try.

## [1.1.0] - 2026-01-01

- The [first](https://example.com).

[1.1.0]: https://example.com/1.1.0
`

func TestReleaseNotesAreTheVersionsSection(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, ".ci", "release-notes")
	for _, err := range []error{
		os.Mkdir(filepath.Dir(script), 0o700),
		os.WriteFile(script, contents(t, repository+"/.ci/release-notes"), 0o700),
		os.WriteFile(filepath.Join(dir, "CHANGELOG.md"), []byte(changelog), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ version, want string }{
		{"v1.2.0", "### Added\n\n- A thing.\n"},
		{"v1.2.0-rc.1", "- A try.\n"},
		{"v1.1.0", "- The [first](https://example.com).\n"},
		{"Unreleased", ""}, // nothing in it
		{"v1.2", ""},
		{"v1x2.0", ""},
	} {
		got, err := exec.Command(script, tt.version).Output()
		if strings.TrimSpace(string(got)) != strings.TrimSpace(tt.want) || (err == nil) != (tt.want != "") {
			t.Errorf("%s: %q, %v; want %q", tt.version, got, err, tt.want)
		}
	}
}
