package main

import (
	"context"
	"slices"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/metadata"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

// Series holds samples in memory for the length of one rule test, in place of the database that promtool opens on disk.
type series struct {
	byLabels map[string]*oneSeries
}

type oneSeries struct {
	labels  labels.Labels
	samples []chunks.Sample
}

type sample struct {
	at    int64
	value float64
	whole *histogram.Histogram
	float *histogram.FloatHistogram
}

func (s sample) T() int64                      { return s.at }
func (s sample) F() float64                    { return s.value }
func (s sample) H() *histogram.Histogram       { return s.whole }
func (s sample) FH() *histogram.FloatHistogram { return s.float }
func (s sample) Copy() chunks.Sample           { return s }
func (s sample) Type() chunkenc.ValueType {
	switch {
	case s.whole != nil:
		return chunkenc.ValHistogram
	case s.float != nil:
		return chunkenc.ValFloatHistogram
	}
	return chunkenc.ValFloat
}

func newSeries() *series { return &series{byLabels: map[string]*oneSeries{}} }

// Add keeps the first of two samples at one time and refuses older ones, as the database does.
func (s *series) add(of labels.Labels, new sample) error {
	key := string(of.Bytes(nil))
	known := s.byLabels[key]
	if known == nil {
		known = &oneSeries{labels: of}
		s.byLabels[key] = known
	}
	if count := len(known.samples); count > 0 {
		switch last := known.samples[count-1].T(); {
		case new.at == last:
			return nil
		case new.at < last:
			return storage.ErrOutOfOrderSample
		}
	}
	known.samples = append(known.samples, new)
	return nil
}

// Querier sees the samples between two times, both included.
func (s *series) Querier(from, to int64) (storage.Querier, error) {
	return &storage.MockQuerier{SelectMockFunction: func(_ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
		found := &foundSeries{}
		for _, one := range s.byLabels {
			if matches(one.labels, matchers) {
				if samples := one.between(from, to); len(samples) > 0 {
					found.all = append(found.all, storage.NewListSeries(one.labels, samples))
				}
			}
		}
		slices.SortFunc(found.all, func(a, b storage.Series) int { return labels.Compare(a.Labels(), b.Labels()) })
		return found
	}}, nil
}

func (o *oneSeries) between(from, to int64) []chunks.Sample {
	start, _ := slices.BinarySearchFunc(o.samples, from, func(s chunks.Sample, at int64) int { return int(s.T() - at) })
	end, _ := slices.BinarySearchFunc(o.samples, to+1, func(s chunks.Sample, at int64) int { return int(s.T() - at) })
	return o.samples[start:max(start, end)]
}

func matches(of labels.Labels, matchers []*labels.Matcher) bool {
	for _, matcher := range matchers {
		if !matcher.Matches(of.Get(matcher.Name)) {
			return false
		}
	}
	return true
}

type foundSeries struct {
	all  []storage.Series
	next int
}

func (f *foundSeries) Next() bool                        { f.next++; return f.next <= len(f.all) }
func (f *foundSeries) At() storage.Series                { return f.all[f.next-1] }
func (f *foundSeries) Err() error                        { return nil }
func (f *foundSeries) Warnings() annotations.Annotations { return nil }

// Appender takes what recording rules and alerts write. Exemplars and metadata play no part in rule tests.
func (s *series) Appender(context.Context) storage.Appender { return &appender{to: s} }

type appender struct {
	to      *series
	pending []func() error
}

func (a *appender) Append(_ storage.SeriesRef, of labels.Labels, at int64, value float64) (storage.SeriesRef, error) {
	return a.later(of, sample{at: at, value: value})
}

func (a *appender) AppendHistogram(_ storage.SeriesRef, of labels.Labels, at int64, whole *histogram.Histogram, float *histogram.FloatHistogram) (storage.SeriesRef, error) {
	return a.later(of, sample{at: at, whole: whole, float: float})
}

func (a *appender) later(of labels.Labels, new sample) (storage.SeriesRef, error) {
	a.pending = append(a.pending, func() error { return a.to.add(of, new) })
	return 0, nil
}

func (a *appender) Commit() error {
	for _, apply := range a.pending {
		if err := apply(); err != nil {
			return err
		}
	}
	return nil
}

func (a *appender) Rollback() error                   { a.pending = nil; return nil }
func (a *appender) SetOptions(*storage.AppendOptions) {}
func (a *appender) AppendExemplar(storage.SeriesRef, labels.Labels, exemplar.Exemplar) (storage.SeriesRef, error) {
	return 0, nil
}
func (a *appender) UpdateMetadata(storage.SeriesRef, labels.Labels, metadata.Metadata) (storage.SeriesRef, error) {
	return 0, nil
}
func (a *appender) AppendCTZeroSample(storage.SeriesRef, labels.Labels, int64, int64) (storage.SeriesRef, error) {
	return 0, nil
}
func (a *appender) AppendHistogramCTZeroSample(storage.SeriesRef, labels.Labels, int64, int64, *histogram.Histogram, *histogram.FloatHistogram) (storage.SeriesRef, error) {
	return 0, nil
}
