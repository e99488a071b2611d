// Package scheme stands in for client-go's package of the same name, which would link every Kubernetes API type.
// Helm's engine asks it two things only: which API versions exist, and whether a kind is deprecated. Both are
// answered from a table that tools/api-versions made from the real package.
package scheme

import (
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

type version struct{ major, minor int }

type deprecation struct {
	since, gone version
	by          string
}

// Scheme knows every API version, and of the kinds those that are deprecated.
var Scheme = runtime.NewScheme()

func init() {
	if err := register(Scheme); err != nil {
		panic(err)
	}
}

var only *runtime.Scheme

// AddToScheme registers the table with another scheme. Helm's lint makes a new one for each object, asks it once and drops it, so an
// empty scheme shares one copy of the table: registering was a quarter of the lint.
func AddToScheme(scheme *runtime.Scheme) error {
	if len(scheme.AllKnownTypes()) > 0 {
		return register(scheme)
	}
	if only == nil {
		made := runtime.NewScheme()
		if err := register(made); err != nil {
			return err
		}
		only = made
	}
	*scheme = *only
	return nil
}

func register(scheme *runtime.Scheme) error {
	byGroup := map[string][]schema.GroupVersion{}
	for _, text := range apiVersions {
		apiVersion, err := schema.ParseGroupVersion(text)
		if err != nil {
			return err
		}
		byGroup[apiVersion.Group] = append(byGroup[apiVersion.Group], apiVersion)
	}
	for _, versions := range byGroup {
		if err := scheme.SetVersionPriority(versions...); err != nil {
			return err
		}
	}
	for text := range deprecations {
		scheme.AddKnownTypeWithName(kindOf(text), &Object{})
	}
	return nil
}

func kindOf(text string) schema.GroupVersionKind {
	apiVersion, kind, _ := strings.Cut(text, " ")
	return schema.FromAPIVersionAndKind(apiVersion, kind)
}

// Object is a deprecated kind without its fields: it learns which one it is when it is told its kind.
type Object struct{ kind schema.GroupVersionKind }

func (o *Object) GetObjectKind() schema.ObjectKind                 { return o }
func (o *Object) DeepCopyObject() runtime.Object                   { return &Object{o.kind} }
func (o *Object) SetGroupVersionKind(kind schema.GroupVersionKind) { o.kind = kind }
func (o *Object) GroupVersionKind() schema.GroupVersionKind        { return o.kind }
func (o *Object) APILifecycleDeprecated() (major, minor int) {
	return o.entry().since.major, o.entry().since.minor
}
func (o *Object) APILifecycleRemoved() (major, minor int) {
	return o.entry().gone.major, o.entry().gone.minor
}
func (o *Object) entry() deprecation {
	return deprecations[o.kind.GroupVersion().String()+" "+o.kind.Kind]
}
func (o *Object) APILifecycleReplacement() (by schema.GroupVersionKind) {
	if text := o.entry().by; text != "" {
		by = kindOf(text)
	}
	return by
}
