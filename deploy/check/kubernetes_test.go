package check

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
)

// The strictest of the Pod Security Standards, by Kubernetes' own reading of it.
func TestPodsAreRestricted(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	dockerfile, err := os.ReadFile("../container/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	everywhere(t, func(t *testing.T, o objects) {
		pod, c := o.pod(), o.container()
		restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
		for _, r := range evaluator.EvaluatePod(restricted, &pod.ObjectMeta, &pod.Spec) {
			if !r.Allowed {
				t.Errorf("%s: %s", r.ForbiddenReason, r.ForbiddenDetail)
			}
		}
		if ro := c.SecurityContext.ReadOnlyRootFilesystem; ro == nil || !*ro {
			t.Error("the root file system can be written")
		}
		if token := pod.Spec.AutomountServiceAccountToken; token == nil || *token {
			t.Error("the pod is given a token for Kubernetes, which it never talks to")
		}
		user := strconv.FormatInt(*pod.Spec.SecurityContext.RunAsUser, 10)
		if !strings.Contains(string(dockerfile), "\nUSER "+user+":"+user+"\n") {
			t.Errorf("the pod runs as %s, and the image as somebody else", user)
		}
	})
}

func TestVariablesAreOnesTheProgramReads(t *testing.T) {
	known := append(programReads(), goReads...)
	everywhere(t, func(t *testing.T, o objects) {
		for _, v := range o.container().Env {
			if !slices.Contains(known, v.Name) {
				t.Errorf("the program does not read %s", v.Name)
			}
		}
	})
}

func TestSecretsAreReferredToAndNeverStandHere(t *testing.T) {
	everywhere(t, func(t *testing.T, o objects) {
		if s := of[*corev1.Secret](o); len(s) > 0 {
			t.Errorf("Secret %s is in the repository", s[0].Name)
		}
		plain := []string{"SLABUDDY_CONFIG", "SLABUDDY_LISTEN", "SLABUDDY_ADMIN_LISTEN", "GOMEMLIMIT", "GOOGLE_APPLICATION_CREDENTIALS"}
		for _, v := range o.container().Env {
			if v.ValueFrom == nil && !slices.Contains(plain, v.Name) && !strings.HasPrefix(v.Value, "sqlite:") {
				t.Errorf("%s is here in full", v.Name)
			}
		}
		from := o.container().EnvFrom
		if len(from) != 1 || from[0].SecretRef == nil || from[0].SecretRef.Name != "slabuddy" {
			t.Errorf("the Secret slabuddy is not read: %+v", from)
		}
	})
}

func TestReplicasNeverKeepFilesOfTheirOwn(t *testing.T) {
	everywhere(t, func(t *testing.T, o objects) {
		spec, url := o.deployment().Spec, o.variable("DATABASE_URL")
		claims := of[*corev1.PersistentVolumeClaim](o)
		switch {
		case url == nil:
			t.Error("DATABASE_URL may be left out, and then the image's SQLite is used")
		case url.ValueFrom != nil: // Postgres
			if *spec.Replicas < 2 || spec.Strategy.RollingUpdate.MaxUnavailable.IntValue() != 0 || len(claims) > 0 {
				t.Errorf("on Postgres an update leaves nobody: %d replicas, %+v", *spec.Replicas, spec.Strategy)
			}
			if optional := url.ValueFrom.SecretKeyRef.Optional; optional != nil && *optional {
				t.Error("a Secret without DATABASE_URL is accepted")
			}
		default:
			if *spec.Replicas != 1 || spec.Strategy.Type != appsv1.RecreateDeploymentStrategyType || len(claims) != 1 {
				t.Errorf("SQLite takes one process and a volume: %d replicas, %s, %d volumes", *spec.Replicas, spec.Strategy.Type, len(claims))
			}
			mounted := slices.ContainsFunc(o.container().VolumeMounts, func(m corev1.VolumeMount) bool {
				return strings.HasPrefix(url.Value, "sqlite:"+m.MountPath+"/") && !m.ReadOnly
			})
			if !mounted {
				t.Errorf("%s is on no volume", url.Value)
			}
		}
	})
}

var hashed = regexp.MustCompile(`^slabuddy-[a-z0-9]{10}$`)

// A changed file is another ConfigMap, so the pods are replaced; and it is one that the program accepts.
func TestConfigurationRollsThePods(t *testing.T) {
	everywhere(t, func(t *testing.T, o objects) {
		var name string
		for _, m := range of[*corev1.ConfigMap](o) {
			src, ok := m.Data["slabuddy.yaml"]
			if !ok {
				continue
			}
			name = m.Name
			if _, err := config.Parse("slabuddy.yaml", []byte(src)); err != nil {
				t.Error(err)
			}
		}
		if !hashed.MatchString(name) {
			t.Errorf("the ConfigMap's name %q says nothing of its content", name)
		}
		mounted := slices.ContainsFunc(o.pod().Spec.Volumes, func(v corev1.Volume) bool {
			return v.ConfigMap != nil && v.ConfigMap.Name == name
		})
		if !mounted {
			t.Errorf("ConfigMap %s is not mounted", name)
		}
	})
}

// stopsWithin is what README promises.
const stopsWithin = 10 * time.Second

func TestItHasTimeToStop(t *testing.T) {
	everywhere(t, func(t *testing.T, o objects) {
		grace := time.Duration(*o.pod().Spec.TerminationGracePeriodSeconds) * time.Second
		wait := time.Duration(o.container().Lifecycle.PreStop.Sleep.Seconds) * time.Second
		if wait == 0 || grace < wait+stopsWithin+5*time.Second {
			t.Errorf("of %s, preStop takes %s, and the program %s", grace, wait, stopsWithin)
		}
	})
}

func TestMemory(t *testing.T) {
	everywhere(t, func(t *testing.T, o objects) {
		r := o.container().Resources
		soft := resource.MustParse(strings.TrimSuffix(o.variable("GOMEMLIMIT").Value, "B"))
		limit := r.Limits.Memory()
		if soft.Cmp(*r.Requests.Memory()) <= 0 || soft.Value() > limit.Value()*9/10 {
			t.Errorf("Go's own limit, %s, leaves no room below the kernel's, %s", &soft, limit)
		}
		if !r.Limits.Cpu().IsZero() {
			t.Error("processor time is limited: throttled, the bot misses Slack's three seconds")
		}
	})
}

// published is how release.yml tags an image ({{version}}): v1.2.3 in git is 1.2.3 there.
var published = regexp.MustCompile(`^\d+\.\d+\.\d+$`)

// What people copy names a version, runs where the strictest standard is enforced, and fits `kubectl apply`.
func TestExamples(t *testing.T) {
	for _, dir := range folders(t, kubernetes+"/examples") {
		o := render(t, dir)
		if _, tag, _ := strings.Cut(o.container().Image, ":"); !published.MatchString(tag) {
			t.Errorf("%s: no version is pinned as release.yml tags it: %s", dir, o.container().Image)
		}
		spaces := of[*corev1.Namespace](o)
		if len(spaces) != 1 || spaces[0].Labels["pod-security.kubernetes.io/enforce"] != "restricted" {
			t.Errorf("%s: its namespace does not enforce what is promised", dir)
		}
		for _, m := range of[*corev1.ConfigMap](o) {
			for file, content := range m.Data {
				if len(content) > 200<<10 { // 256 KiB is what kubectl writes beside it
					t.Errorf("%s: %s is too large for kubectl apply: %d bytes", dir, file, len(content))
				}
			}
		}
	}
}
