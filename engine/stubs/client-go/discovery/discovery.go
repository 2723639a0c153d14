// Package discovery stands in for client-go's: what Helm's `lookup` would ask a server is refused here.
package discovery

import (
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// DiscoveryClient has no server.
type DiscoveryClient struct{}

// NewDiscoveryClientForConfig always fails: the engine has no network.
func NewDiscoveryClientForConfig(*rest.Config) (*DiscoveryClient, error) {
	return nil, errors.New("the engine has no cluster to ask")
}

// ServerResourcesForGroupVersion is unreachable, since no client is ever made.
func (*DiscoveryClient) ServerResourcesForGroupVersion(string) (*metav1.APIResourceList, error) {
	return nil, errors.New("the engine has no cluster to ask")
}
