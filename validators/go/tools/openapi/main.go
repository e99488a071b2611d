// Command openapi takes out of Kustomize's copy of the Kubernetes API what Kustomize never looks at: texts for people, and the paths,
// of which it only wants to know which kinds have a namespace, and has that in a table of its own. Usage: openapi <in> <out>
package main

import (
	"log"
	"os"

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
	for _, named := range document.GetDefinitions().GetAdditionalProperties() {
		withoutTexts(named.GetValue())
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

func withoutTexts(schema *openapi.Schema) {
	if schema == nil {
		return
	}
	schema.Description, schema.Title, schema.Example, schema.ExternalDocs = "", "", nil, nil
	for _, named := range schema.GetProperties().GetAdditionalProperties() {
		withoutTexts(named.GetValue())
	}
	for _, item := range schema.GetItems().GetSchema() {
		withoutTexts(item)
	}
	for _, part := range schema.GetAllOf() {
		withoutTexts(part)
	}
	withoutTexts(schema.GetAdditionalProperties().GetSchema())
}
