// What a shell sources to complete this program's lines: each asks `overlens complete`, which knows the options and the snapshot on the line.
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Names that the program is installed under. */
const NAMES = 'overlens kubectl-overlens';

const BASH = `# completion of overlens for bash: source <(overlens completion bash)
_overlens() {
  local line files='' current=\${COMP_WORDS[COMP_CWORD]}
  [[ $current == '=' ]] && current=''
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then files=1; else COMPREPLY+=("\${line%%$'\\t'*}"); fi
  done < <("$1" complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ -n $files ]]; then
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
    compopt -o filenames 2>/dev/null
  fi
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _overlens ${NAMES}
`;

const ZSH = `#compdef ${NAMES}
# completion of overlens for zsh: source <(overlens completion zsh), or a file _overlens in a folder of $fpath
_overlens() {
  local line files=0
  local -a described
  while IFS= read -r line; do
    if [[ $line == :files ]]; then files=1; else described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}"); fi
  done < <("\${words[1]}" complete zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#described} )) && _describe -V overlens described
  (( files )) && _files
  return 0
}
if [[ $funcstack[1] == _overlens ]]; then _overlens "$@"; else compdef _overlens ${NAMES}; fi
`;

const FISH = `# completion of overlens for fish: overlens completion fish | source
function __overlens_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] complete fish -- $words[2..-1] 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
${NAMES.split(' ')
  .map((name) => `complete -c ${name} -f -a '(__overlens_complete)'`)
  .join('\n')}
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };

/** The script, to be sourced. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}
