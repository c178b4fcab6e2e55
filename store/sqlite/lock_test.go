package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slabuddy/slabuddy/store"
)

// holds names the file that a child process is to hold until it is killed.
const holds = "SLABUDDY_TEST_HOLDS"

func TestMain(m *testing.M) {
	path := os.Getenv(holds)
	if path == "" {
		os.Exit(m.Run())
	}
	if _, err := store.Open(context.Background(), "sqlite:"+path, store.Options{Exclusive: true}); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("held")
	select {}
}

func TestASecondServerOnTheFileIsRefusedUntilTheFirstIsGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	first := exclusive(t, path)
	_, err := store.Open(t.Context(), "sqlite:"+path, store.Options{Exclusive: true})
	if err == nil || !strings.Contains(err.Error(), path+" is in use by another slabuddy") {
		t.Errorf("the second: %v", err)
	}
	open(t, path) // a command that looks into the file of a running server
	first.Close()
	exclusive(t, path).Close()
}

func TestTheLockOfAKilledServerIsFree(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), holds+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the child said %q, %v", line, err)
	}
	if _, err := store.Open(t.Context(), "sqlite:"+path, store.Options{Exclusive: true}); err == nil {
		t.Error("not refused while the child lives")
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed
	exclusive(t, path).Close()
}

func exclusive(t *testing.T, path string) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+path, store.Options{Exclusive: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}
