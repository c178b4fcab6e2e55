package check

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v3"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
)

// filledIn is what an operator writes into .env: the shortest way that works.
var filledIn = map[string]string{
	"POSTGRES_PASSWORD": `'pass#word$with/@everything'`,
	"GRAFANA_PASSWORD":  "grafana-secret",
	"SLACK_APP_TOKEN":   "xapp-1-A0-1-abc",
	"SLACK_BOT_TOKEN":   "xoxb-1-2-abc",
	"HELPDESK_URL":      "https://desk.example.com/replies",
}

// compose loads compose.yaml as docker compose does, in a copy of deploy/ that has an .env.
func compose(t *testing.T, env string) (*types.Project, error) {
	t.Helper()
	dir := t.TempDir()
	for _, entry := range []string{"compose.yaml", "compose", "prometheus", "grafana"} {
		from, err := filepath.Abs(filepath.Join("..", entry))
		if err == nil {
			err = os.Symlink(from, filepath.Join(dir, entry))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(env), 0o600); err != nil {
		t.Fatal(err)
	}
	options, err := cli.NewProjectOptions([]string{filepath.Join(dir, "compose.yaml")}, cli.WithEnvFiles(), cli.WithDotEnv)
	if err != nil {
		t.Fatal(err)
	}
	return options.LoadProject(t.Context())
}

// exampleFilledIn is .env.example with values for some of its variables.
func exampleFilledIn(t *testing.T, values map[string]string) string {
	t.Helper()
	env := content(t, "../.env.example")
	for name, value := range values {
		line := "\n" + name + "=\n"
		if !strings.Contains(env, line) {
			t.Fatalf(".env.example has no empty %s to fill in", name)
		}
		env = strings.Replace(env, line, "\n"+name+"="+value+"\n", 1)
	}
	return env
}

// up is the project as it comes up for an operator who filled in the example.
func up(t *testing.T) *types.Project {
	t.Helper()
	p, err := compose(t, exampleFilledIn(t, filledIn))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func content(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A password that is missing is asked for, in words; none has a default.
func TestComposeAsksForPasswords(t *testing.T) {
	for name := range filledIn {
		if !strings.HasSuffix(name, "_PASSWORD") {
			continue
		}
		most := map[string]string{}
		for other, value := range filledIn {
			if other != name {
				most[other] = value
			}
		}
		if _, err := compose(t, exampleFilledIn(t, most)); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "please set it in deploy/.env") {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

// What an operator fills in is all that the bot needs, and no more than that reaches it.
func TestComposeStartsTheBotWithWhatItNeeds(t *testing.T) {
	bot := up(t).Services["slabuddy"]
	env := imageEnvironment(t)
	for name, value := range bot.Environment {
		env[name] = *value
	}
	got, err := config.ReadEnv(func(name string) string { return env[name] }, config.Default())
	if err != nil {
		t.Errorf("the bot would refuse to start:\n%v", err)
	}
	if !got.SocketMode() || !strings.HasPrefix(got.DatabaseURL.Reveal(), "postgres://slabuddy@postgres:5432/") {
		t.Errorf("Socket Mode: %t, database: %s", got.SocketMode(), got.DatabaseURL.Reveal())
	}
	if env["PGPASSWORD"] != "pass#word$with/@everything" {
		t.Errorf("the database's password arrives as %q", env["PGPASSWORD"])
	}
	if env["GRAFANA_PASSWORD"] != "" {
		t.Error("the bot is given Grafana's password")
	}
	if bot.StopGracePeriod == nil || time.Duration(*bot.StopGracePeriod) < 15*time.Second {
		t.Error("the bot may be killed while it finishes what is in flight, which may take 10 s")
	}
}

// No port is open to the network.
func TestComposePublishesOnLoopbackOnly(t *testing.T) {
	published := 0
	for name, service := range up(t).Services {
		for _, port := range service.Ports {
			published++
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s publishes %d at %q", name, port.Target, port.HostIP)
			}
		}
	}
	if published == 0 {
		t.Error("nothing is published at all")
	}
}

var pinned = regexp.MustCompile(`^[a-z/]+:v?[0-9]+(\.[0-9]+)*(-alpine)?$`)

// Every container has no rights beyond its own, writes to volumes and memory only, and comes back.
func TestComposeConfinesEveryContainer(t *testing.T) {
	p := up(t)
	if got := slices.Sorted(keys(p.Services)); !slices.Equal(got, []string{"grafana", "postgres", "prometheus", "slabuddy"}) {
		t.Errorf("the services are %v", got)
	}
	for name, s := range p.Services {
		holds := map[string]bool{
			"a read-only root":     s.ReadOnly,
			"no capabilities":      slices.Equal(s.CapDrop, []string{"ALL"}) && len(s.CapAdd) == 0 && !s.Privileged,
			"no new privileges":    slices.Contains(s.SecurityOpt, "no-new-privileges:true"),
			"a network of its own": s.NetworkMode == "" && len(s.Networks) > 0,
			"a restart":            s.Restart == "unless-stopped",
			"a limit of memory":    s.MemLimit > 0,
			"a limit of logs":      s.Logging != nil && s.Logging.Options["max-size"] != "" && s.Logging.Options["max-file"] != "",
			"a health check":       s.HealthCheck != nil && !s.HealthCheck.Disable && len(s.HealthCheck.Test) > 1,
			"a pinned image":       s.Build != nil || pinned.MatchString(s.Image),
		}
		for what, ok := range holds {
			if !ok {
				t.Errorf("%s lacks %s", name, what)
			}
		}
	}
	if internal := p.Networks["database"].Internal; !internal {
		t.Error("the database's network leads out")
	}
	if _, out := p.Services["postgres"].Networks["outside"]; out {
		t.Error("Postgres can be reached from outside its network")
	}
}

// Whatever is mounted, built or pointed at is there.
func TestComposePartsFindEachOther(t *testing.T) {
	p := up(t)
	mounted := map[string]string{} // by its path in its container: where it is here
	for name, s := range p.Services {
		for _, v := range s.Volumes {
			if v.Type != types.VolumeTypeBind {
				continue
			}
			if _, err := os.Stat(v.Source); err != nil || !v.ReadOnly {
				t.Errorf("%s mounts %s read-only %t: %v", name, v.Source, v.ReadOnly, err)
			}
			mounted[v.Target] = v.Source
		}
		if s.Build != nil {
			if _, err := os.Stat(filepath.Join("..", "..", s.Build.Dockerfile)); err != nil || filepath.Clean(s.Build.Context) != filepath.Dir(p.WorkingDir) {
				t.Errorf("%s is built from %s in %s: %v", name, s.Build.Dockerfile, s.Build.Context, err)
			}
		}
	}

	var prometheus struct {
		RuleFiles     []string `yaml:"rule_files"`
		ScrapeConfigs []struct {
			StaticConfigs []struct{ Targets []string } `yaml:"static_configs"`
		} `yaml:"scrape_configs"`
	}
	parse(t, mounted["/etc/prometheus/prometheus.yml"], &prometheus)
	if len(prometheus.RuleFiles) != 1 || mounted[prometheus.RuleFiles[0]] == "" {
		t.Errorf("Prometheus looks for rules at %v", prometheus.RuleFiles)
	}
	admin := imageEnvironment(t)["SLABUDDY_ADMIN_LISTEN"]
	if got := prometheus.ScrapeConfigs[0].StaticConfigs[0].Targets; !slices.Equal(got, []string{"slabuddy" + admin}) {
		t.Errorf("Prometheus asks %v; the bot's address for operators is %s", got, admin)
	}

	var sources struct{ Datasources []struct{ Type, URL string } }
	parse(t, filepath.Join(mounted["/etc/grafana/provisioning/datasources"], "prometheus.yaml"), &sources)
	if got := sources.Datasources; len(got) != 1 || got[0].Type != "prometheus" || got[0].URL != "http://prometheus:9090" {
		t.Errorf("Grafana reads %+v", got)
	}
	var boards struct {
		Providers []struct{ Options struct{ Path string } }
	}
	parse(t, filepath.Join(mounted["/etc/grafana/provisioning/dashboards"], "slabuddy.yaml"), &boards)
	home := p.Services["grafana"].Environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
	if mounted[*home] == "" || boards.Providers[0].Options.Path != filepath.Dir(*home) {
		t.Errorf("Grafana looks for dashboards in %+v, and begins with %s", boards, *home)
	}
}

func parse(t *testing.T, file string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(content(t, file)), into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
