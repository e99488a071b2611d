// Command openapi takes out of Kustomize's copy of the Kubernetes API what Kustomize never looks at: texts for people, and the paths,
// of which it only wants to know which kinds have a namespace, and has that in a table of its own. A patch looks a field up to see
// whether its list is merged and by which keys, and goes down into objects and such lists alone: what is neither says as little as
// what is absent, so it is left out too. Usage: openapi <in> <out>
package main

import (
	"log"
	"os"
	"slices"

	openapi "github.com/google/gnostic-models/openapiv2"
	"google.golang.org/protobuf/proto"
)

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var document openapi.Document
	if err := proto.Unmarshal(text, &document); err != nil {
		log.Fatal(err)
	}
	scalar := map[string]bool{}
	for _, named := range document.GetDefinitions().GetAdditionalProperties() {
		scalar["#/definitions/"+named.GetName()] = isScalar(named.GetValue())
	}
	for _, named := range document.GetDefinitions().GetAdditionalProperties() {
		reduce(named.GetValue(), scalar)
	}
	small := &openapi.Document{Swagger: document.Swagger, Info: document.Info, Paths: &openapi.Paths{}, Definitions: document.Definitions}
	text, err = proto.MarshalOptions{Deterministic: true}.Marshal(small)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[2], text, 0o644); err != nil {
		log.Fatal(err)
	}
}

// Extensions by which Kustomize finds a kind and merges a list.
var asked = []string{
	"x-kubernetes-group-version-kind", "x-kubernetes-patch-merge-key", patchStrategy, "x-kubernetes-list-map-keys",
}

const patchStrategy = "x-kubernetes-patch-strategy"

func reduce(schema *openapi.Schema, scalar map[string]bool) {
	if schema == nil {
		return
	}
	schema.Description, schema.Title, schema.Example, schema.ExternalDocs = "", "", nil, nil
	schema.Required, schema.Format, schema.Default, schema.Enum = nil, "", nil, nil
	schema.VendorExtension = slices.DeleteFunc(schema.VendorExtension, func(one *openapi.NamedAny) bool {
		return !slices.Contains(asked, one.GetName())
	})
	// Where other properties are allowed, one that is not named would be taken for them.
	if schema.AdditionalProperties == nil && schema.Properties != nil {
		schema.Properties.AdditionalProperties = slices.DeleteFunc(schema.Properties.AdditionalProperties, func(one *openapi.NamedSchema) bool {
			return isScalar(one.GetValue()) || isReplaced(one.GetValue()) || scalar[one.GetValue().GetXRef()]
		})
	}
	for _, named := range schema.GetProperties().GetAdditionalProperties() {
		reduce(named.GetValue(), scalar)
	}
	for _, item := range schema.GetItems().GetSchema() {
		reduce(item, scalar)
	}
	for _, part := range schema.GetAllOf() {
		reduce(part, scalar)
	}
	reduce(schema.GetAdditionalProperties().GetSchema(), scalar)
}

func isScalar(schema *openapi.Schema) bool {
	types := schema.GetType().GetValue()
	return len(types) == 1 && slices.Contains([]string{"string", "integer", "number", "boolean"}, types[0]) && schema.GetXRef() == ""
}

// A list without a strategy is replaced as a whole.
func isReplaced(schema *openapi.Schema) bool {
	types := schema.GetType().GetValue()
	return len(types) == 1 && types[0] == "array" && !slices.ContainsFunc(schema.GetVendorExtension(), func(one *openapi.NamedAny) bool {
		return one.GetName() == patchStrategy
	})
}
