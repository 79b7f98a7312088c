package io.carafe.conmon.words;

/** Completions of shells, made from the rows. */
public final class OptionCompletion {

    private OptionCompletion() {
    }

    /** For bash, by name: what takes a value completes files. */
    public static String bash() {
        StringBuilder words = new StringBuilder();
        StringBuilder taking = new StringBuilder();
        for (Option option : Option.values()) {
            words.append(words.length() == 0 ? "" : " ").append("--").append(option.text);
            if (option.hasValue()) {
                taking.append(taking.length() == 0 ? "" : "|").append("--").append(option.text);
                taking.append(option.letter.isEmpty() ? "" : "|-" + option.letter);
            }
        }
        return "_carafe_conmon() {\n    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n    case $before in\n    "
                + taking + ") compopt -o default; COMPREPLY=() ;;\n    *) COMPREPLY=($(compgen -W '" + words
                + "' -- \"$word\")) ;;\n    esac\n}\ncomplete -F _carafe_conmon carafe-conmon\n";
    }

    /** For zsh. */
    public static String zsh() {
        StringBuilder text = new StringBuilder("#compdef carafe-conmon\n_arguments");
        for (Option option : Option.values()) {
            text.append(" \\\n    '").append(option.kind == Option.Kind.TEXTS ? "*" : "").append("--").append(option.text).append('[')
                    .append(option.help().replace("'", "'\\''").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")).append(']')
                    .append(option.hasValue() ? ":value:_files" : "").append('\'');
        }
        return text.append('\n').toString();
    }

    /** For fish. */
    public static String fish() {
        StringBuilder text = new StringBuilder();
        for (Option option : Option.values()) {
            text.append("complete -c carafe-conmon").append(option.letter.isEmpty() ? "" : " -s " + option.letter).append(" -l ").append(option.text)
                    .append(option.hasValue() ? " -r" : " -f").append(" -d '").append(option.help().replace("\\", "\\\\").replace("'", "\\'"))
                    .append("'\n");
        }
        return text.toString();
    }
}
