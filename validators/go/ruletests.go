package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"path"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
	"gopkg.in/yaml.v2"
)

// The format of `promtool test rules`.
type ruleTests struct {
	RuleFiles          []string       `yaml:"rule_files"`
	EvaluationInterval model.Duration `yaml:"evaluation_interval,omitempty"`
	GroupEvalOrder     []string       `yaml:"group_eval_order"`
	FuzzyCompare       bool           `yaml:"fuzzy_compare,omitempty"`
	Tests              []ruleTest     `yaml:"tests"`
}

type ruleTest struct {
	Name            string           `yaml:"name,omitempty"`
	Interval        model.Duration   `yaml:"interval"`
	ExternalLabels  labels.Labels    `yaml:"external_labels,omitempty"`
	ExternalURL     string           `yaml:"external_url,omitempty"`
	InputSeries     []inputSeries    `yaml:"input_series"`
	AlertRuleTests  []alertTest      `yaml:"alert_rule_test,omitempty"`
	PromqlExprTests []expressionTest `yaml:"promql_expr_test,omitempty"`
}

type inputSeries struct {
	Series string `yaml:"series"`
	Values string `yaml:"values"`
}

type alertTest struct {
	EvalTime  model.Duration  `yaml:"eval_time"`
	Alertname string          `yaml:"alertname"`
	ExpAlerts []expectedAlert `yaml:"exp_alerts"`
}

type expectedAlert struct {
	ExpLabels      map[string]string `yaml:"exp_labels"`
	ExpAnnotations map[string]string `yaml:"exp_annotations"`
}

type expressionTest struct {
	Expr       string           `yaml:"expr"`
	EvalTime   model.Duration   `yaml:"eval_time"`
	ExpSamples []expectedSample `yaml:"exp_samples"`
}

type expectedSample struct {
	Labels    string  `yaml:"labels"`
	Value     float64 `yaml:"value"`
	Histogram string  `yaml:"histogram"`
}

// RunRuleTests evaluates the rules with Prometheus' own engine on the series of each test file. The request names the
// test files; the rule files that they read are found among the other files.
func runRuleTests(request Request, report func(Problem)) (any, error) {
	var options struct {
		Tests []string `json:"tests"`
		// ParseOnly reads what evaluation would read, and evaluates nothing.
		ParseOnly bool `json:"parseOnly"`
	}
	if err := request.options(&options); err != nil {
		return nil, err
	}
	for _, file := range options.Tests {
		text, ok := request.Files[file]
		if !ok {
			return nil, fmt.Errorf("the request names the test file %s but does not hold it", file)
		}
		var tests ruleTests
		if err := yaml.UnmarshalStrict([]byte(text), &tests); err != nil {
			report(Problem{File: file, Message: err.Error(), Severity: severe}.located())
			continue
		}
		lines := strings.Split(text, "\n")
		judge := tests.run
		if options.ParseOnly {
			judge = tests.parsed
		}
		for _, err := range judge(request, file) {
			report(Problem{File: file, Line: lineOf(lines, err.mark), Message: err.text, Severity: severe})
		}
	}
	return nil, nil
}

// Failure carries a text of the test file by which its line can be found.
type failure struct{ mark, text string }

func fail(mark, format string, values ...any) failure {
	return failure{mark, fmt.Sprintf(format, values...)}
}

func lineOf(lines []string, mark string) int {
	return 1 + slices.IndexFunc(lines, func(line string) bool { return mark != "" && strings.Contains(line, mark) })
}

func (t ruleTests) run(request Request, file string) (failures []failure) {
	if t.EvaluationInterval == 0 {
		t.EvaluationInterval = model.Duration(time.Minute)
	}
	order := map[string]int{}
	for index, name := range t.GroupEvalOrder {
		if _, repeated := order[name]; repeated {
			return []failure{fail(name, "group name repeated in evaluation order: %s", name)}
		}
		order[name] = index
	}
	ruleFiles, missing := t.ruleFiles(request, file)
	if len(missing) > 0 {
		return missing
	}
	for _, test := range t.Tests {
		if test.Interval == 0 {
			test.Interval = t.EvaluationInterval
		}
		run := ruleRun{request: request, test: test, every: time.Duration(t.EvaluationInterval), fuzzy: t.FuzzyCompare}
		failures = append(failures, run.all(ruleFiles, order)...)
	}
	return failures
}

func (t ruleTests) ruleFiles(request Request, file string) (found []string, missing []failure) {
	for _, pattern := range t.RuleFiles {
		wanted := path.Join(path.Dir(file), pattern)
		before := len(found)
		for _, candidate := range request.paths() {
			if match, err := path.Match(wanted, candidate); err == nil && match {
				found = append(found, candidate)
			}
		}
		if len(found) == before {
			missing = append(missing, fail(pattern, "no rule file matches %s", pattern))
		}
	}
	return found, missing
}

// RuleRun is one test: its series, its engine, its rules.
type ruleRun struct {
	request Request
	test    ruleTest
	every   time.Duration
	fuzzy   bool

	held    *series
	waiting []waitingSample
	engine  *promql.Engine
	groups  []*rules.Group
}

type waitingSample struct {
	of labels.Labels
	sample
}

var start = time.Unix(0, 0).UTC()

func (r *ruleRun) all(ruleFiles []string, order map[string]int) []failure {
	if failures := r.prepare(ruleFiles, order); len(failures) > 0 {
		return failures
	}
	failures, broken := r.evaluate()
	if broken {
		return failures
	}
	for _, test := range r.test.PromqlExprTests {
		if err := r.expression(test); err != nil {
			failures = append(failures, fail(test.Expr, "%sexpr: %q, time: %s, %v", r.name(), test.Expr, test.EvalTime, err))
		}
	}
	return failures
}

func (r *ruleRun) name() string {
	if r.test.Name == "" {
		return ""
	}
	return r.test.Name + ": "
}

func (r *ruleRun) prepare(ruleFiles []string, order map[string]int) (failures []failure) {
	r.held = newSeries()
	for _, input := range r.test.InputSeries {
		of, values, err := parser.ParseSeriesDesc(input.Series + " " + input.Values)
		if err != nil {
			return []failure{fail(input.Series, "series %s: %v", input.Series, err)}
		}
		for index, value := range values {
			if !value.Omitted {
				at := time.Duration(r.test.Interval).Milliseconds() * int64(index)
				r.waiting = append(r.waiting, waitingSample{of, sample{at: at, value: value.Value, float: value.Histogram}})
			}
		}
	}
	sort.SliceStable(r.waiting, func(a, b int) bool { return r.waiting[a].at < r.waiting[b].at })
	r.engine = promql.NewEngine(promql.EngineOpts{
		MaxSamples: 10000, Timeout: 100 * time.Second, EnableAtModifier: true, EnableNegativeOffset: true,
		NoStepSubqueryIntervalFn: func(int64) int64 { return r.every.Milliseconds() },
	})
	manager := rules.NewManager(&rules.ManagerOptions{
		QueryFunc: rules.EngineQueryFunc(r.engine, r.held), Queryable: r.held, Appendable: r.held,
		Context: context.Background(), Logger: slog.New(slog.DiscardHandler),
		NotifyFunc:  func(context.Context, string, ...*rules.Alert) {},
		GroupLoader: r.loader(ruleFiles),
	})
	groups, errs := manager.LoadGroups(time.Duration(r.test.Interval), r.test.ExternalLabels, r.test.ExternalURL, nil, false, ruleFiles...)
	for _, err := range errs {
		failures = append(failures, fail("rule_files", "%v", err))
	}
	for _, group := range groups {
		r.groups = append(r.groups, group)
		for _, rule := range group.Rules() {
			if alert, ok := rule.(*rules.AlertingRule); ok {
				// Else the series ALERTS would wait for a state from before, which there is not.
				alert.SetRestored(true)
			}
		}
	}
	sortBy(r.groups, func(group *rules.Group) string { return group.File() + ";" + group.Name() })
	sortBy(r.groups, func(group *rules.Group) int { return order[group.Name()] })
	return failures
}

type memoryLoader struct {
	groups map[string]*rulefmt.RuleGroups
	errs   map[string][]error
}

func (r *ruleRun) loader(files []string) memoryLoader {
	loaded := memoryLoader{map[string]*rulefmt.RuleGroups{}, map[string][]error{}}
	broken := false
	for _, file := range files {
		groups, errs := parsedRules(r.request.Files[file])
		for _, err := range errs {
			loaded.errs[file] = append(loaded.errs[file], fmt.Errorf("%s: %w", file, err))
		}
		loaded.groups[file] = groups
		broken = broken || len(errs) > 0
	}
	if !broken {
		inputs := map[string]bool{}
		for _, waiting := range r.waiting {
			inputs[waiting.of.Get(labels.MetricName)] = true
		}
		withoutSilent(loaded.groups, inputs)
	}
	return loaded
}

func (l memoryLoader) Load(file string, _ bool) (*rulefmt.RuleGroups, []error) {
	return l.groups[file], l.errs[file]
}

func (memoryLoader) Parse(query string) (parser.Expr, error) { return parser.ParseExpr(query) }

// Evaluate goes through time and looks at the alerts where a test asks for them.
func (r *ruleRun) evaluate() (failures []failure, broken bool) {
	tests := slices.Clone(r.test.AlertRuleTests)
	for _, test := range tests {
		if test.Alertname == "" {
			return []failure{fail("alert_rule_test", "%san alert test at %s names no alert", r.name(), test.EvalTime)}, true
		}
	}
	sortBy(tests, func(test alertTest) model.Duration { return test.EvalTime })
	// Below zero means that time has run out of numbers, after some 292 years.
	for at := time.Duration(0); at >= 0 && at <= r.end(); at += r.every {
		for len(r.waiting) > 0 && r.waiting[0].at <= at.Milliseconds() {
			if err := r.held.add(r.waiting[0].of, r.waiting[0].sample); err != nil {
				return append(failures, fail("input_series", "%s%s: %v", r.name(), r.waiting[0].of, err)), true
			}
			r.waiting = r.waiting[1:]
		}
		for _, group := range r.groups {
			group.Eval(context.Background(), start.Add(at))
			for _, rule := range group.Rules() {
				if err := rule.LastError(); err != nil {
					failures, broken = append(failures, fail("rule_files", "%srule: %s, time: %s, err: %v", r.name(), rule.Name(), at, err)), true
				}
			}
		}
		if broken {
			return failures, true
		}
		for len(tests) > 0 && time.Duration(tests[0].EvalTime) < at+r.every {
			failures = append(failures, r.alerts(tests[0])...)
			tests = tests[1:]
		}
	}
	return failures, false
}

func (r *ruleRun) end() (end time.Duration) {
	for _, test := range r.test.AlertRuleTests {
		end = max(end, time.Duration(test.EvalTime))
	}
	for _, test := range r.test.PromqlExprTests {
		end = max(end, time.Duration(test.EvalTime))
	}
	return end
}

func (r *ruleRun) alerts(test alertTest) []failure {
	var got, expected []string
	for _, group := range r.groups {
		for _, rule := range group.Rules() {
			alert, ok := rule.(*rules.AlertingRule)
			if !ok || alert.Name() != test.Alertname {
				continue
			}
			for _, active := range alert.ActiveAlerts() {
				if active.State == rules.StateFiring {
					got = append(got, active.Labels.String()+" "+active.Annotations.String())
				}
			}
		}
	}
	for _, alert := range test.ExpAlerts {
		with := map[string]string{labels.AlertName: test.Alertname}
		for name, value := range alert.ExpLabels {
			if name != labels.AlertName {
				with[name] = value
			}
		}
		expected = append(expected, labels.FromMap(with).String()+" "+labels.FromMap(alert.ExpAnnotations).String())
	}
	sort.Strings(got)
	sort.Strings(expected)
	if slices.Equal(got, expected) {
		return nil
	}
	return []failure{fail("alertname: "+test.Alertname, "%salertname: %s, time: %s, expected: [%s], got: [%s]", r.name(),
		test.Alertname, test.EvalTime, strings.Join(expected, ", "), strings.Join(got, ", "))}
}

func (r *ruleRun) expression(test expressionTest) error {
	query, err := r.engine.NewInstantQuery(context.Background(), r.held, nil, test.Expr, start.Add(time.Duration(test.EvalTime)))
	if err != nil {
		return err
	}
	result := query.Exec(context.Background())
	if result.Err != nil {
		return result.Err
	}
	var got promql.Vector
	switch value := result.Value.(type) {
	case promql.Vector:
		got = value
	case promql.Scalar:
		got = promql.Vector{{T: value.T, F: value.V}}
	default:
		return errors.New("the result is neither a vector nor a scalar")
	}
	expected, err := expectedVector(test.ExpSamples)
	if err != nil {
		return err
	}
	slices.SortStableFunc(got, byLabels)
	slices.SortStableFunc(expected, byLabels)
	if !slices.EqualFunc(expected, got, r.same) {
		return fmt.Errorf("expected: %s, got: %s", texts(expected), texts(got))
	}
	return nil
}

func expectedVector(samples []expectedSample) (vector promql.Vector, err error) {
	for _, sample := range samples {
		of, err := parser.ParseMetric(sample.Labels)
		if err != nil {
			return nil, fmt.Errorf("labels %q: %w", sample.Labels, err)
		}
		var counts *histogram.FloatHistogram
		if sample.Histogram != "" {
			_, values, err := parser.ParseSeriesDesc("{} " + sample.Histogram)
			if err != nil {
				return nil, fmt.Errorf("labels %q: %w", sample.Labels, err)
			}
			if len(values) != 1 || values[0].Histogram == nil {
				return nil, fmt.Errorf("labels %q: expected one histogram, got %q", sample.Labels, sample.Histogram)
			}
			counts = values[0].Histogram
		}
		vector = append(vector, promql.Sample{Metric: of, F: sample.Value, H: counts})
	}
	return vector, nil
}

func byLabels(a, b promql.Sample) int { return labels.Compare(a.Metric, b.Metric) }

func (r *ruleRun) same(expected, got promql.Sample) bool {
	if !labels.Equal(expected.Metric, got.Metric) || (expected.H == nil) != (got.H == nil) {
		return false
	}
	if expected.H != nil {
		return expected.H.TestExpression() == got.H.TestExpression()
	}
	if expected.F == got.F {
		return true
	}
	return r.fuzzy && (math.Nextafter(expected.F, math.Inf(-1)) == got.F || math.Nextafter(expected.F, math.Inf(1)) == got.F)
}

func texts(vector promql.Vector) string {
	if len(vector) == 0 {
		return "nothing"
	}
	var all []string
	for _, one := range vector {
		if one.H != nil {
			all = append(all, one.Metric.String()+" "+one.H.TestExpression())
		} else {
			all = append(all, fmt.Sprintf("%s %g", one.Metric, one.F))
		}
	}
	return strings.Join(all, ", ")
}
