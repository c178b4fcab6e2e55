package check

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-systemd/v22/unit"
	"k8s.io/apimachinery/pkg/api/resource"
)

const (
	serviceFile    = "../systemd/slabuddy.service"
	environExample = "../systemd/slabuddy.env.example"
)

// service is the unit's section [Service].
type service struct {
	t       *testing.T
	options []*unit.UnitOption
}

func readService(t *testing.T) service {
	t.Helper()
	f, err := os.Open(serviceFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	options, err := unit.DeserializeOptions(f)
	if err != nil {
		t.Fatal(err)
	}
	return service{t, slices.DeleteFunc(options, func(o *unit.UnitOption) bool { return o.Section != "Service" })}
}

// all are the values of a setting that may be there several times.
func (s service) all(name string) []string {
	var values []string
	for _, o := range s.options {
		if o.Name == name {
			values = append(values, o.Value)
		}
	}
	return values
}

// one is the value of a setting that has to be there once.
func (s service) one(name string) string {
	s.t.Helper()
	values := s.all(name)
	if len(values) != 1 {
		s.t.Fatalf("%s is there %d times in %s", name, len(values), serviceFile)
	}
	return values[0]
}

// environment is what the unit itself sets.
func (s service) environment() map[string]string {
	vars := map[string]string{}
	for _, v := range s.all("Environment") {
		name, value, _ := strings.Cut(v, "=")
		vars[name] = value
	}
	return vars
}

func TestServiceSetsWhatTheProgramReads(t *testing.T) {
	s := readService(t)
	known := append(programReads(), goReads...)
	for name, value := range s.environment() {
		if !slices.Contains(known, name) {
			t.Errorf("the program does not read %s", name)
		}
		if strings.Contains(strings.ToLower(name+value), "token") || strings.Contains(value, "@") {
			t.Errorf("%s is in the unit, which everybody may read", name)
		}
	}
	if file := s.one("EnvironmentFile"); strings.HasPrefix(file, "-") {
		t.Errorf("%s may be missing, and then the service starts without its secrets", file)
	}
}

func TestServiceLimits(t *testing.T) {
	s := readService(t)
	if most, err := time.ParseDuration(s.one("TimeoutStopSec")); err != nil || most < stopsWithin+5*time.Second {
		t.Errorf("the program takes %s to stop, and is killed after %s (%v)", stopsWithin, most, err)
	}
	soft := resource.MustParse(strings.TrimSuffix(s.environment()["GOMEMLIMIT"], "B"))
	hard := resource.MustParse(s.one("MemoryMax") + "i")
	if soft.Value() > hard.Value()*9/10 {
		t.Errorf("Go's own limit, %s, leaves no room below the kernel's, %s", &soft, &hard)
	}
	state := "/var/lib/" + s.one("StateDirectory")
	for _, where := range []string{s.environment()["DATABASE_URL"], "sqlite:" + s.one("WorkingDirectory") + "/"} {
		if !strings.HasPrefix(where, "sqlite:"+state+"/") {
			t.Errorf("%s is outside of %s, where alone the service may write", where, state)
		}
	}
}

var assigned = regexp.MustCompile(`^(?:# )?([A-Z_]+)=(\S*)$`)

// The example is read by systemd and by kubectl, which agree on lines without quotes.
func TestServiceEnvironmentExample(t *testing.T) {
	src, err := os.ReadFile(environExample)
	if err != nil {
		t.Fatal(err)
	}
	known := programReads()
	for line := range strings.Lines(string(src)) {
		line = strings.TrimRight(line, "\n")
		found := assigned.FindStringSubmatch(line)
		switch {
		case found == nil && line != "" && !strings.HasPrefix(line, "# "):
			t.Errorf("neither a variable nor a comment: %s", line)
		case found == nil:
		case !slices.Contains(known, found[1]):
			t.Errorf("the program does not read %s", found[1])
		case strings.ContainsAny(found[2], `"'\`):
			t.Errorf("what %s is set to is not read alike by all: %s", found[1], found[2])
		}
	}
}

// Who the service runs as is made by the file beside it.
func TestServiceUserIsMade(t *testing.T) {
	s := readService(t)
	made, err := os.ReadFile("../systemd/slabuddy.sysusers.conf")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(made), "\nu "+s.one("User")+" - ") {
		t.Errorf("nobody makes the user %s:\n%s", s.one("User"), made)
	}
	if home := filepath.Join("/var/lib", s.one("StateDirectory")); !strings.Contains(string(made), " "+home+"\n") {
		t.Errorf("the user's home is not %s", home)
	}
}
