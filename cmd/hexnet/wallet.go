package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"hexspot/cmd/internal/network"
	"hexspot/coverage/wallet"
)

type walletCommand struct {
	New    walletNew    `cmd:"" help:"Make an account that can own stations."`
	Import walletImport `cmd:"" help:"Take over an account from a private key, recovery words or a keystore file."`
	List   walletList   `cmd:"" help:"List the accounts."`
}

// passphraseEnv names the variable that holds the passphrase.
const passphraseEnv = "HEXNET_PASSPHRASE"

// passphraseFlags say where the passphrase of a keystore file comes from.
type passphraseFlags struct {
	PassphraseFile string `help:"File whose first line is the passphrase of the keystore file. Default: $HEXNET_PASSPHRASE, else a prompt, or a line of standard input." placeholder:"FILE"`
}

// read gets the passphrase of a file that is there.
func (p passphraseFlags) read(std streams, prompt string) (string, error) {
	if p.PassphraseFile != "" {
		file, err := os.Open(p.PassphraseFile)
		if err != nil {
			return "", fmt.Errorf("the passphrase: %w", err)
		}
		defer file.Close()
		return readLine(file)
	}
	if passphrase, ok := os.LookupEnv(passphraseEnv); ok {
		return passphrase, nil
	}
	return readSecret(std, prompt)
}

// choose gets the passphrase of a new file, from a terminal twice.
func (p passphraseFlags) choose(std streams) (string, error) {
	passphrase, err := p.read(std, "Passphrase: ")
	if err != nil {
		return "", err
	}
	if passphrase == "" {
		return "", errors.New("the passphrase is empty")
	}
	if file, ok := std.in.(*os.File); ok && isTerminal(file) && p.prompts() {
		again, err := readSecret(std, "Again: ")
		if err != nil {
			return "", err
		}
		if again != passphrase {
			return "", errors.New("the two passphrases differ")
		}
	}
	return passphrase, nil
}

func (p passphraseFlags) prompts() bool {
	_, set := os.LookupEnv(passphraseEnv)
	return p.PassphraseFile == "" && !set
}

type walletNew struct {
	passphraseFlags
}

// Help has the examples.
func (walletNew) Help() string {
	return `The key is kept in a file of mode 0600 below DIR/wallet, encrypted with the passphrase (keystore, version 3, as
Ethereum's programs read it). Whoever has file and passphrase owns the stations of the account; who loses one
of them loses the stations. The program prints the account.

Examples:
  hexnet wallet new
  hexnet wallet new --data ~/.hexnet --passphrase-file passphrase.txt`
}

// Run makes an account.
func (w walletNew) Run(c *commands, std streams) error {
	key, err := wallet.Generate()
	if err != nil {
		return err
	}
	return keep(c, std, key, w.passphraseFlags)
}

// keep saves a key and prints its account.
func keep(c *commands, std streams, key wallet.Key, flags passphraseFlags) error {
	passphrase, err := flags.choose(std)
	if err != nil {
		return err
	}
	return save(c, std, key, passphrase)
}

func save(c *commands, std streams, key wallet.Key, passphrase string) error {
	held, err := network.Data(c.Data).Wallet().Save(key, passphrase, wallet.StandardCost, time.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, held.Account)
	return err
}

type walletImport struct {
	File     string `arg:"" help:"File with the key or the words on its first line, or with a keystore file's JSON."`
	Mnemonic bool   `help:"The file holds recovery words (BIP-39, English)."`
	Index    uint32 `help:"Number of the account of the recovery words, from 0: m/44'/60'/0'/0/N." placeholder:"N"`
	Keystore bool   `help:"The file is a keystore file; the passphrase opens it and protects the copy."`
	passphraseFlags
}

// Help has the examples.
func (walletImport) Help() string {
	return `A secret is read from a file only, so that it is in no list of processes and no history of a shell.

Examples:
  hexnet wallet import key.txt                          # 64 hexadecimal digits
  hexnet wallet import --mnemonic words.txt --index 1
  hexnet wallet import --keystore UTC--2026-11-28T11-00-00.000000000Z--7e5f4552091a69125d5dfcb7b8c2659029395bdf`
}

// maxImport bounds what is imported; a keystore file has some 500 bytes.
const maxImport = 16 << 10

// Run takes over an account.
func (w walletImport) Run(c *commands, std streams) error {
	if w.Mnemonic && w.Keystore {
		return usageError{errors.New("--mnemonic and --keystore are two kinds of file")}
	}
	file, err := os.Open(w.File)
	if err != nil {
		return fmt.Errorf("importing an account: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxImport))
	if err != nil {
		return fmt.Errorf("importing an account: %w", err)
	}
	if w.Keystore {
		return w.copy(c, std, text)
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	key, err := w.parse(line)
	if err != nil {
		return fmt.Errorf("importing an account: %w", err)
	}
	return keep(c, std, key, w.passphraseFlags)
}

func (w walletImport) parse(line string) (wallet.Key, error) {
	if w.Mnemonic {
		return wallet.FromWords(line, w.Index)
	}
	return wallet.ParseKey(line)
}

// copy keeps the key of a keystore file under the same passphrase.
func (w walletImport) copy(c *commands, std streams, text []byte) error {
	passphrase, err := w.read(std, "Passphrase of the file: ")
	if err != nil {
		return err
	}
	key, err := wallet.Decrypt(text, passphrase)
	if err != nil {
		return fmt.Errorf("importing an account: %w", err)
	}
	return save(c, std, key, passphrase)
}

type walletList struct{}

// Run prints a table.
func (walletList) Run(c *commands, std streams) error {
	all, passed, err := network.Data(c.Data).Wallet().List()
	if err != nil {
		return err
	}
	for _, fault := range passed {
		fmt.Fprintf(std.err, "passed over: %v; 'hexnet wallet import --keystore' takes it over if it is a keystore file\n", fault)
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(std.err, "no account yet: 'hexnet wallet new' makes one, 'hexnet wallet import' takes one over")
		return err
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ACCOUNT\tFILE")
	for _, held := range all {
		fmt.Fprintf(table, "%s\t%s\n", held.Account, held.Path)
	}
	return table.Flush()
}
