package main

import (
	"io"
	"os"
	"path"
	"strings"

	"github.com/rhysd/actionlint"
)

// CheckWorkflows lints every file under .github/workflows; the other files are there for `uses: ./…` to be followed.
func checkWorkflows(request Request, report func(Problem)) (any, error) {
	folder, remove, err := request.onDisk()
	if err != nil {
		return nil, err
	}
	defer remove()
	project, err := actionlint.NewProject(folder)
	if err != nil {
		return nil, err
	}
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{WorkingDir: folder, Color: actionlint.ColorOptionKindNever})
	if err != nil {
		return nil, err
	}
	for _, file := range request.paths() {
		if path.Dir(file) != ".github/workflows" || !(strings.HasSuffix(file, ".yml") || strings.HasSuffix(file, ".yaml")) {
			continue
		}
		problems, err := linter.Lint(path.Join(folder, file), []byte(request.Files[file]), project)
		if err != nil {
			return nil, err
		}
		for _, problem := range problems {
			report(Problem{File: file, Line: problem.Line, Column: problem.Column, Severity: severe,
				Message: strings.ReplaceAll(problem.Message, folder+"/", "") + " [" + problem.Kind + "]"})
		}
	}
	return nil, nil
}

// OnDisk writes the files into a folder of their own, for tools that insist on reading paths.
func (r Request) onDisk() (folder string, remove func(), err error) {
	folder, err = os.MkdirTemp("", "validators")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(folder) }
	for file, text := range r.Files {
		target := path.Join(folder, path.Clean("/"+file))
		if err = os.MkdirAll(path.Dir(target), 0o755); err == nil {
			err = os.WriteFile(target, []byte(text), 0o644)
		}
		if err != nil {
			remove()
			return "", nil, err
		}
	}
	return folder, remove, nil
}
