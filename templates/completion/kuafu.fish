# fish completion of kuafu; kuafu itself knows what may come next.
function __kuafu_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l candidates (command kuafu complete -- $words[2..-1] 2>/dev/null)
    if test "$candidates[1]" = ':files'
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $candidates
    end
end
complete -c kuafu -f -a '(__kuafu_complete)'
