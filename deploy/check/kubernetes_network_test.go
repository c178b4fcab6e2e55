package check

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/slabuddy/slabuddy/handlers"
)

func TestSelectorsFindThePods(t *testing.T) {
	everywhere(t, func(t *testing.T, o objects) {
		selectors := map[string]*metav1.LabelSelector{"the Deployment": o.deployment().Spec.Selector}
		for _, s := range of[*corev1.Service](o) {
			selectors["Service "+s.Name] = &metav1.LabelSelector{MatchLabels: s.Spec.Selector}
		}
		for _, b := range of[*policyv1.PodDisruptionBudget](o) {
			selectors["the PodDisruptionBudget"] = b.Spec.Selector
		}
		for _, p := range of[*networkingv1.NetworkPolicy](o) {
			selectors["NetworkPolicy "+p.Name] = &p.Spec.PodSelector
		}
		for _, c := range o.pod().Spec.TopologySpreadConstraints {
			selectors["the spread over "+c.TopologyKey] = c.LabelSelector
		}
		for whose, s := range selectors {
			if !o.findsPods(s) {
				t.Errorf("the selector of %s does not find the pods", whose)
			}
		}
	})
}

func TestPortsThatAreNamedAreThere(t *testing.T) {
	everywhere(t, func(t *testing.T, o objects) {
		asked := map[string]string{} // port: by whom
		for _, s := range of[*corev1.Service](o) {
			for _, p := range s.Spec.Ports {
				asked[p.TargetPort.StrVal] = "Service " + s.Name
			}
		}
		for _, p := range of[*networkingv1.NetworkPolicy](o) {
			for _, rule := range p.Spec.Ingress {
				for _, port := range rule.Ports {
					asked[port.Port.StrVal] = "NetworkPolicy " + p.Name
				}
			}
		}
		for name, by := range asked {
			if !o.hasPort(name) {
				t.Errorf("%s asks for port %q, which the container does not name", by, name)
			}
		}
		for variable, port := range map[string]string{"SLABUDDY_LISTEN": "public", "SLABUDDY_ADMIN_LISTEN": "operator"} {
			for _, p := range o.container().Ports {
				if v := o.variable(variable); p.Name == port && v.Value != ":"+strconv.Itoa(int(p.ContainerPort)) {
					t.Errorf("port %s is %d, and %s is %s", port, p.ContainerPort, variable, v.Value)
				}
			}
		}
	})
}

// The operator's port has no password: nothing but its own Service and policy may lead there.
func TestTheOperatorsPortIsForPrometheusAlone(t *testing.T) {
	everywhere(t, func(t *testing.T, o objects) {
		for _, s := range of[*corev1.Service](o) {
			for _, p := range s.Spec.Ports {
				if p.TargetPort.StrVal == "operator" && s.Spec.ClusterIP != corev1.ClusterIPNone {
					t.Errorf("Service %s, which leads to the operator's port, can be made a load balancer", s.Name)
				}
			}
		}
		for _, p := range of[*networkingv1.NetworkPolicy](o) {
			for _, rule := range p.Spec.Ingress {
				open := slices.ContainsFunc(rule.Ports, func(p networkingv1.NetworkPolicyPort) bool { return p.Port.StrVal == "operator" })
				if open && len(rule.From) == 0 || len(rule.Ports) == 0 {
					t.Errorf("NetworkPolicy %s opens the operator's port to everybody", p.Name)
				}
			}
		}
	})
}

func TestTheIngressLeadsToTheBot(t *testing.T) {
	o := render(t, kubernetes+"/examples/postgres")
	public := handlers.Public(slog.New(slog.DiscardHandler), handlers.Site{Slack: nobody{}})
	for _, i := range of[*networkingv1.Ingress](o) {
		for _, path := range i.Spec.Rules[0].HTTP.Paths {
			to := path.Backend.Service
			if !slices.ContainsFunc(of[*corev1.Service](o), func(s *corev1.Service) bool {
				return s.Name == to.Name && s.Spec.Ports[0].Name == to.Port.Name
			}) {
				t.Errorf("%s leads to port %s of Service %s, which is not there", path.Path, to.Port.Name, to.Name)
			}
			answer := httptest.NewRecorder()
			public.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path.Path+"http", nil))
			if answer.Code != http.StatusMethodNotAllowed {
				t.Errorf("the program has nothing at %s: %d", path.Path, answer.Code)
			}
		}
	}
}

// nobody is asked anything here.
type nobody struct{ handlers.Slack }

func TestServiceMonitorFindsTheOperatorsPort(t *testing.T) {
	o := render(t, kubernetes+"/examples/postgres")
	ms := of[*monitoringv1.ServiceMonitor](o)
	if len(ms) != 1 {
		t.Fatalf("there are %d ServiceMonitors, not one", len(ms))
	}
	selector, err := metav1.LabelSelectorAsSelector(&ms[0].Spec.Selector)
	if err != nil {
		t.Fatal(err)
	}
	var asked int
	for _, s := range of[*corev1.Service](o) {
		for _, e := range ms[0].Spec.Endpoints {
			found := slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool {
				return p.Name == e.Port && p.TargetPort.StrVal == "operator"
			})
			if found && selector.Matches(labels.Set(s.Labels)) && s.Labels[ms[0].Spec.JobLabel] == "slabuddy" {
				asked++
			}
			if code := ask(e.Path, nil); code != http.StatusOK {
				t.Errorf("the program answers %s with %d", e.Path, code)
			}
		}
	}
	if asked != 1 {
		t.Errorf("the ServiceMonitor asks at %d Services with the operator's port, not one", asked)
	}
}

// ask asks the operator's pages of a program of which one check has this to say.
func ask(path string, check error) int {
	checks := []handlers.Check{{Name: "database", Check: func(context.Context) error { return check }}}
	answer := httptest.NewRecorder()
	handlers.Admin(slog.New(slog.DiscardHandler), handlers.Operator{Metrics: prometheus.NewRegistry(), Checks: checks, Hosts: []string{"example.com"}}).
		ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	return answer.Code
}

func TestProbes(t *testing.T) {
	everywhere(t, func(t *testing.T, o objects) {
		c := o.container()
		for name, probe := range map[string]*corev1.Probe{"startup": c.StartupProbe, "liveness": c.LivenessProbe, "readiness": c.ReadinessProbe} {
			if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Port.StrVal != "operator" {
				t.Fatalf("the %s probe does not ask at the operator's port", name)
			}
			if code := ask(probe.HTTPGet.Path, nil); code != http.StatusOK {
				t.Errorf("%s: a program that is well answers %d", name, code)
			}
		}
		away := errors.New("the database is away")
		if code := ask(c.LivenessProbe.HTTPGet.Path, away); code != http.StatusOK {
			t.Errorf("liveness: the pod is restarted (%d) because the database is away, which mends nothing", code)
		}
		if code := ask(c.ReadinessProbe.HTTPGet.Path, away); code != http.StatusServiceUnavailable {
			t.Errorf("readiness: Slack's events go on coming (%d) while the database is away", code)
		}
	})
}
