package check

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// objects are what kustomize makes of a folder, each read strictly as the kind it says it is: an unknown
// kind, key or type of value fails the test.
type objects struct {
	t   *testing.T
	all []runtime.Object
}

// render does what `kubectl kustomize dir` does.
func render(t *testing.T, dir string) objects {
	t.Helper()
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		t.Fatalf("kubectl kustomize %s: %v", dir, err)
	}
	scheme := kinds(t)
	strict := json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme, json.SerializerOptions{Yaml: true, Strict: true})
	o := objects{t: t}
	for _, r := range made.Resources() {
		object, _, err := strict.Decode([]byte(r.MustYaml()), nil, nil)
		if err != nil {
			t.Fatalf("%s %s: %v", r.GetKind(), r.GetName(), err)
		}
		o.all = append(o.all, object)
	}
	return o
}

// kinds are all that may be deployed.
func kinds(t *testing.T) *runtime.Scheme {
	t.Helper()
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, appsv1.AddToScheme, policyv1.AddToScheme, networkingv1.AddToScheme, monitoringv1.AddToScheme,
	} {
		if err := add(s); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// of are the objects of one type.
func of[T runtime.Object](o objects) []T {
	var found []T
	for _, object := range o.all {
		if t, ok := object.(T); ok {
			found = append(found, t)
		}
	}
	return found
}

func (o objects) deployment() *appsv1.Deployment {
	o.t.Helper()
	ds := of[*appsv1.Deployment](o)
	if len(ds) != 1 {
		o.t.Fatalf("there are %d Deployments, not one", len(ds))
	}
	return ds[0]
}

func (o objects) pod() corev1.PodTemplateSpec { return o.deployment().Spec.Template }

func (o objects) container() corev1.Container {
	o.t.Helper()
	cs := o.pod().Spec.Containers
	if len(cs) != 1 {
		o.t.Fatalf("there are %d containers in the pod, not one", len(cs))
	}
	return cs[0]
}

// findsPods says whether a selector means the bot's pods.
func (o objects) findsPods(s *metav1.LabelSelector) bool {
	o.t.Helper()
	selector, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		o.t.Fatal(err)
	}
	return !selector.Empty() && selector.Matches(labels.Set(o.pod().Labels))
}

// hasPort says whether the container names a port so.
func (o objects) hasPort(name string) bool {
	return slices.ContainsFunc(o.container().Ports, func(p corev1.ContainerPort) bool { return p.Name == name })
}

// variable is what the container sets a variable to; nil if it does not.
func (o objects) variable(name string) *corev1.EnvVar {
	for _, v := range o.container().Env {
		if v.Name == name {
			return &v
		}
	}
	return nil
}

const kubernetes = "../kubernetes"

// everywhere runs a test on the base, on the base with each component, and on each example.
func everywhere(t *testing.T, test func(t *testing.T, o objects)) {
	t.Helper()
	t.Run("base", func(t *testing.T) { test(t, render(t, kubernetes+"/base")) })
	for _, c := range folders(t, kubernetes+"/components") {
		t.Run("component "+filepath.Base(c), func(t *testing.T) { test(t, render(t, withComponent(t, c))) })
	}
	for _, e := range folders(t, kubernetes+"/examples") {
		t.Run("example "+filepath.Base(e), func(t *testing.T) { test(t, render(t, e)) })
	}
}

func folders(t *testing.T, in string) []string {
	t.Helper()
	found, err := filepath.Glob(in + "/*/kustomization.yaml")
	if err != nil || len(found) == 0 {
		t.Fatalf("nothing in %s: %v", in, err)
	}
	for i, file := range found {
		found[i] = filepath.Dir(file)
	}
	return found
}

// withComponent is a folder that adds one component to the base.
func withComponent(t *testing.T, component string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	from := func(path string) string {
		path, err := filepath.Abs(path)
		if err == nil {
			path, err = filepath.Rel(dir, path)
		}
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	var k bytes.Buffer
	k.WriteString("resources: [" + from(kubernetes+"/base") + "]\ncomponents: [" + from(component) + "]\n")
	if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), k.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
