#compdef kuafu
# zsh completion of kuafu; kuafu itself knows what may come next.
_kuafu() {
  local line
  local -a candidates
  for line in "${(@f)$(command kuafu complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    if [[ $line == :files ]]; then
      _files
      return
    fi
    # _describe parts value and explanation at a colon.
    if [[ $line == *$'\t'* ]]; then
      candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    else
      candidates+=("${line//:/\\:}")
    fi
  done
  _describe kuafu candidates
}
# Sourced, it registers itself; in a folder of $fpath, zsh calls it.
if [[ $funcstack[1] == _kuafu ]]; then
  _kuafu "$@"
else
  compdef _kuafu kuafu
fi
