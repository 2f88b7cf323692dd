package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// goTest is a command that a page promises.
type goTest struct {
	packages []string
	kind     string // Test, Benchmark or Fuzz
	pattern  string
}

var codeSpan = regexp.MustCompile("`[^`]*`")

// goTests are the commands with a pattern in code spans of a text whose bars are bare.
func goTests(text string) (commands []goTest) {
	for _, span := range codeSpan.FindAllString(text, -1) {
		words := strings.Fields(strings.Trim(span, "`"))
		at := slices.Index(words, "test")
		if at < 1 || words[at-1] != "go" {
			continue
		}
		command := goTest{}
		kinds := map[string]string{"-run": "Test", "-bench": "Benchmark", "-fuzz": "Fuzz"}
		for i, word := range words {
			if strings.HasPrefix(word, "./") {
				command.packages = append(command.packages, word)
			}
			kind := kinds[word]
			if kind == "" || i+1 == len(words) {
				continue
			}
			if pattern := strings.Trim(words[i+1], `'"`); pattern != "^$" && pattern != "none" && !strings.HasSuffix(pattern, "...") {
				command.kind, command.pattern = kind, pattern
			}
		}
		if command.pattern != "" && len(command.packages) > 0 {
			commands = append(commands, command)
		}
	}
	return commands
}

// testNames are the functions of a kind in a package's tests, or in those of a tree if the path
// ends with "...".
func testNames(t *testing.T, path, kind string) (names []string) {
	t.Helper()
	directory, tree := strings.CutSuffix(path, "/...")
	err := filepath.WalkDir(filepath.Join("../..", directory), func(path string, entry os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && !tree && filepath.Clean(path) != filepath.Join("../..", directory):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, kind) {
				names = append(names, f.Name.Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// wrong says what of a command matches nothing, "" if all does: a package none of whose tests is
// meant, or an alternative that is no test of any package.
func (c goTest) wrong(t *testing.T) string {
	t.Helper()
	pattern, _, _ := strings.Cut(c.pattern, "/") // the rest is of subtests
	whole, err := regexp.Compile(pattern)
	if err != nil {
		return err.Error()
	}
	var all []string
	for _, path := range c.packages {
		names := testNames(t, path, c.kind)
		if c.kind == "Test" {
			names = append(names, testNames(t, path, "Fuzz")...)
		}
		if pattern != "" && !slices.ContainsFunc(names, whole.MatchString) {
			return "nothing in " + path
		}
		all = append(all, names...)
	}
	for alternative := range strings.SplitSeq(pattern, "|") {
		part, err := regexp.Compile(alternative)
		if err != nil || alternative == "" {
			continue // of a group, which the whole has covered
		}
		if !slices.ContainsFunc(all, part.MatchString) {
			return "nothing for " + alternative
		}
	}
	return ""
}

// TestPromisedTestsExist looks at each `go test` that a page gives with a pattern.
func TestPromisedTestsExist(t *testing.T) {
	seen := 0
	for _, path := range pages(t) {
		for i, line := range strings.Split(page(t, path), "\n") {
			if strings.HasPrefix(line, "|") {
				line = strings.Join(cellsOf(line), "\n")
			}
			for _, c := range goTests(line) {
				seen++
				if wrong := c.wrong(t); wrong != "" {
					t.Errorf("%s:%d: go test %v %s: it matches %s", filepath.Base(path), i+1, c.packages, c.pattern, wrong)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d commands were looked at", seen)
	}
}

func TestPromisesThatMatchNothingAreFound(t *testing.T) {
	for span, bad := range map[string]bool{
		"`go test ./internal/house -run 'Layers|NoticeNames'`": false,
		"`go test ./internal/... -run TestLayers/whatever`":    false,
		"`go test ./internal/house -run 'Layers\\|Notice'`":    true,
		"`go test ./internal/house -run 'Layers|NoSuchName'`":  true,
		"`go test ./internal/house ./radio -run Layers`":       true,
	} {
		commands := goTests(span)
		if len(commands) != 1 {
			t.Fatalf("%s: %d commands", span, len(commands))
		}
		if got := commands[0].wrong(t); (got != "") != bad {
			t.Errorf("%s: %q", span, got)
		}
	}
}
