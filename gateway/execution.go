package gateway

// Execution asks for one of the programs that the owner of a hotspot permits.
type Execution struct {
	Name        string // in the owner's list, never a path
	Input       []byte // standard input
	Environment map[string]string
}

// Executed is how an Execution ended.
type Executed struct {
	Output      []byte // standard output
	ErrorOutput []byte // standard error
	Error       string // why it was refused or failed; empty: it ended well
}

// Executor runs programs. It tells how each ended exactly once. Execute does not
// wait for that, and what it is given must not block.
type Executor interface {
	Execute(e Execution, done func(Executed))
}
