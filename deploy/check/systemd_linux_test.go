package check

// Linux alone has systemd. Here it has to be there (.ci/with-systemd installs it); elsewhere the unit is
// only read and followed, in the other tests.

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// exposure is how much of the system the service may reach, at most: systemd's own score from 0 to 100. What
// is left of it is the network, which the bot is for.
const exposure = "13"

// ofOtherUnits are what is said about units that the machine has beside ours.
var ofOtherUnits = regexp.MustCompile(`(?m)^(?:/usr)?/lib/systemd/.*\n`)

func TestServiceIsSound(t *testing.T) {
	src, err := os.ReadFile(serviceFile)
	if err != nil {
		t.Fatal(err)
	}
	// The program need not be installed: any other will do.
	file := filepath.Join(t.TempDir(), "slabuddy.service")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(src), "/usr/local/bin/slabuddy", "/bin/true")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"verify", file},
		{"security", "--offline=true", "--no-pager", "--threshold=" + exposure, file},
	} {
		said, err := exec.CommandContext(t.Context(), "systemd-analyze", args...).CombinedOutput()
		said = ofOtherUnits.ReplaceAll(said, nil)
		if err != nil || args[0] == "verify" && len(said) > 0 {
			t.Errorf("systemd-analyze %s: %v\n%s", args[0], err, said)
		}
	}
}

func TestServiceUserIsSound(t *testing.T) {
	conf, err := filepath.Abs("../systemd/slabuddy.sysusers.conf")
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.Open(conf)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	cmd := exec.CommandContext(t.Context(), "systemd-sysusers", "--dry-run", "--root="+t.TempDir(), "-")
	cmd.Stdin = src
	if said, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(said), "Creating user 'slabuddy'") {
		t.Errorf("systemd-sysusers: %v\n%s", err, said)
	}
}
