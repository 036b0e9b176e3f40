# bash completion of kuafu; kuafu itself knows what may come next.
_kuafu() {
  local line=${COMP_LINE:0:COMP_POINT} cur broken='' candidate
  local -a words=()
  COMPREPLY=()
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  cur=${words[${#words[@]} - 1]}
  # bash replaces only what stands behind the last : or = of a word.
  [[ $COMP_WORDBREAKS == *:* && $cur == *:* ]] && broken=${cur%"${cur##*:}"}
  [[ $COMP_WORDBREAKS == *=* && ${cur#"$broken"} == *=* ]] && broken=${cur%"${cur##*=}"}
  while IFS=$'\t' read -r candidate _; do
    if [[ $candidate == :files ]]; then
      compopt -o default 2>/dev/null
      return
    fi
    COMPREPLY+=("${candidate#"$broken"}")
  done < <(command kuafu complete -- "${words[@]:1}" 2>/dev/null)
}
complete -F _kuafu kuafu
