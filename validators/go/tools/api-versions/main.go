// Command api-versions writes the table that our stand-in for client-go carries: which API versions the real
// scheme knows, in their order, and which kinds are deprecated since when. Run it when the pinned version moves.
package main

import (
	"fmt"
	"sort"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

type deprecated interface{ APILifecycleDeprecated() (major, minor int) }
type removed interface{ APILifecycleRemoved() (major, minor int) }
type replaced interface {
	APILifecycleReplacement() schema.GroupVersionKind
}

func main() {
	fmt.Println("// Made by tools/api-versions from k8s.io/client-go; do not edit.")
	fmt.Println("\npackage scheme")
	versions()
	deprecations()
}

func versions() {
	byGroup := map[string][]schema.GroupVersion{}
	var groups []string
	for _, version := range scheme.Scheme.PrioritizedVersionsAllGroups() {
		if len(byGroup[version.Group]) == 0 {
			groups = append(groups, version.Group)
		}
		byGroup[version.Group] = append(byGroup[version.Group], version)
	}
	sort.Strings(groups)
	fmt.Println("\nvar apiVersions = []string{")
	for _, group := range groups {
		for _, version := range scheme.Scheme.PrioritizedVersionsForGroup(group) {
			fmt.Printf("\t%q,\n", version.String())
		}
	}
	fmt.Println("}")
}

func deprecations() {
	var lines []string
	for kind := range scheme.Scheme.AllKnownTypes() {
		object, err := scheme.Scheme.New(kind)
		if err != nil {
			panic(err)
		}
		since, ok := object.(deprecated)
		if !ok {
			continue
		}
		major, minor := since.APILifecycleDeprecated()
		if major == 0 && minor == 0 {
			continue
		}
		line := fmt.Sprintf("\t%q: {since: version{%d, %d}", kind.GroupVersion().String()+" "+kind.Kind, major, minor)
		if gone, ok := object.(removed); ok {
			major, minor := gone.APILifecycleRemoved()
			line += fmt.Sprintf(", gone: version{%d, %d}", major, minor)
		}
		if by, ok := object.(replaced); ok && !by.APILifecycleReplacement().Empty() {
			next := by.APILifecycleReplacement()
			line += fmt.Sprintf(", by: %q", next.GroupVersion().String()+" "+next.Kind)
		}
		lines = append(lines, line+"},")
	}
	sort.Strings(lines)
	fmt.Println("\nvar deprecations = map[string]deprecation{")
	for _, line := range lines {
		fmt.Println(line)
	}
	fmt.Println("}")
}
