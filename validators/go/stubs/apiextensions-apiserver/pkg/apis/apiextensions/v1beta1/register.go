// Package v1beta1 stands in for the API of custom resource definitions: Helm's engine wants to know that this version of it exists, no more.
package v1beta1

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

type definition struct{ runtime.Unknown }

// AddToScheme makes the version known.
func AddToScheme(scheme *runtime.Scheme) error {
	version := schema.GroupVersion{Group: "apiextensions.k8s.io", Version: "v1beta1"}
	scheme.AddKnownTypeWithName(version.WithKind("CustomResourceDefinition"), &definition{})
	return nil
}
