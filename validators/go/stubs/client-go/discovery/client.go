// Package discovery stands in for client-go's package of the same name: nothing here ever talks to a cluster.
package discovery

import (
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// DiscoveryClient cannot be made: lint and template run without a cluster.
type DiscoveryClient struct{}

// NewDiscoveryClientForConfig always fails, as the real one would without a cluster.
func NewDiscoveryClientForConfig(*rest.Config) (*DiscoveryClient, error) {
	return nil, errors.New("this build of Helm's engine reaches no cluster")
}

// ServerResourcesForGroupVersion is never reached, as no client can be made.
func (*DiscoveryClient) ServerResourcesForGroupVersion(string) (*metav1.APIResourceList, error) {
	return nil, errors.New("this build of Helm's engine reaches no cluster")
}
