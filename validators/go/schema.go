package main

import (
	"bytes"
	"path"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
)

// Compiled schemas by their text; nil is one that does not compile. Helm compiles a chart's schema for every rendering, which took a
// quarter of it.
var schemas = map[string]*jsonschema.Schema{}

// SchemaAccepts tells that Helm would accept what a chart is rendered with. Where it is false Helm is to be asked, which has the words
// for what is wrong.
func schemaAccepts(loaded *chart.Chart, coalesced any) bool {
	values, ok := coalesced.(chartutil.Values)
	if !ok || !alone(loaded) {
		return false
	}
	return loaded.Schema == nil || accepts(loaded.Schema, values)
}

// RenderedAccepted is the same for values that are not yet laid over the chart's own.
func renderedAccepted(request Request, folder string, values map[string]any) bool {
	loaded, err := loadChart(request, folder)
	if err != nil {
		return false
	}
	coalesced, err := chartutil.CoalesceValues(loaded, values)
	return err == nil && schemaAccepts(loaded, coalesced)
}

// ValuesAccepted tells that Helm's lint would find nothing wrong in values.yaml, which it holds to the schema by itself.
func valuesAccepted(request Request, folder string, overrides map[string]any) bool {
	text, ok := request.Files[path.Join(folder, "values.yaml")]
	if !ok {
		return false
	}
	values, err := chartutil.ReadValues([]byte(text))
	if err != nil {
		return false
	}
	coalesced := chartutil.CoalesceTables(make(map[string]any, len(overrides)), overrides)
	coalesced = chartutil.CoalesceTables(coalesced, values)
	schema := request.Files[path.Join(folder, "values.schema.json")]
	return schema == "" || accepts([]byte(schema), coalesced)
}

func accepts(text []byte, values map[string]any) (accepted bool) {
	// Whatever the library does with what is no schema, Helm is to say it.
	defer func() {
		if recover() != nil {
			accepted = false
		}
	}()
	schema, known := schemas[string(text)]
	if !known {
		schema = compiled(text)
		schemas[string(text)] = schema
	}
	return schema != nil && schema.Validate(chartutil.Values(values).AsMap()) == nil
}

func compiled(text []byte) *jsonschema.Schema {
	const place = "file:///values.schema.json"
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil
	}
	compiler := jsonschema.NewCompiler()
	// What is not in the text itself is for Helm to load, or to miss.
	compiler.UseLoader(jsonschema.SchemeURLLoader{})
	if err := compiler.AddResource(place, document); err != nil {
		return nil
	}
	schema, err := compiler.Compile(place)
	if err != nil {
		return nil
	}
	return schema
}
