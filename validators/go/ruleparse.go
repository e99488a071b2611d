package main

import "github.com/prometheus/prometheus/promql/parser"

// Parsed holds every notation of Prometheus in a test file to Prometheus' own parser, and evaluates nothing.
func (t ruleTests) parsed(request Request, file string) []failure {
	_, failures := t.ruleFiles(request, file)
	for _, test := range t.Tests {
		for _, input := range test.InputSeries {
			if _, _, err := parser.ParseSeriesDesc(input.Series + " " + input.Values); err != nil {
				failures = append(failures, fail(input.Series, "series %s: %v", input.Series, err))
			}
		}
		for _, alert := range test.AlertRuleTests {
			if alert.Alertname == "" {
				failures = append(failures, fail("alert_rule_test", "an alert test at %s names no alert", alert.EvalTime))
			}
		}
		for _, asked := range test.PromqlExprTests {
			if _, err := parser.ParseExpr(asked.Expr); err != nil {
				failures = append(failures, fail(asked.Expr, "expr: %q, %v", asked.Expr, err))
			}
			if _, err := expectedVector(asked.ExpSamples); err != nil {
				failures = append(failures, fail(asked.Expr, "expr: %q, %v", asked.Expr, err))
			}
		}
	}
	return failures
}
