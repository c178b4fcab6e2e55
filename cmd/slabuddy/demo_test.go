package main_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
)

// demo runs the built program's demo and returns what it wrote and its exit code.
func demo(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs strings.Builder
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"demo"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func TestTheDemoRunsFromNothingAndComesOutAsItShould(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("SLACK_BOT_TOKEN", "xoxp-not-to-be-read") // nothing of the environment counts
	t.Chdir(t.TempDir())
	stdout, stderr, code := demo(t, "--once")
	if code != 0 || stderr != "" || strings.Contains(stdout, "✗") || !strings.Contains(stdout, "✓") {
		t.Errorf("exit code %d\n%s\n%s", code, stdout, stderr)
	}
}

func TestTheDemoPrintsAConfigurationToStartFrom(t *testing.T) {
	stdout, _, code := demo(t, "--print-config")
	if _, err := config.Parse("slabuddy.yaml", []byte(stdout)); err != nil || code != 0 {
		t.Errorf("exit code %d, %v", code, err)
	}
}

func TestTheDemoRefusesAClockThatStandsStill(t *testing.T) {
	if _, stderr, code := demo(t, "--speed", "0"); code != 2 || !strings.Contains(stderr, "--speed goes from 0.1 to 60") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}
