package io.carafe.runtime.cli.words;

import java.util.List;

/** Scripts by which a shell completes carafe's words, from the rows. */
public final class Completion {

    private Completion() {
    }

    /** @param shell bash, zsh or fish */
    public static String of(String shell) {
        return switch (shell) {
            case "bash" -> bash();
            case "zsh" -> zsh();
            case "fish" -> fish();
            default -> throw new UsageException("completion: expected bash, zsh or fish, found \"" + shell + '"');
        };
    }

    private static String bash() {
        StringBuilder script = new StringBuilder("_carafe() {\n"
                + "    local word=${COMP_WORDS[COMP_CWORD]} verb='' first='' i words\n"
                + "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                + "        case ${COMP_WORDS[i]} in\n            " + verbs("|") + ") verb=${COMP_WORDS[i]}; break ;;\n        esac\n    done\n"
                + "    case $verb in\n");
        for (Verb verb : Verb.values()) {
            String first = String.join(" ", verb.firstWords());
            script.append("        ").append(verb.text).append(") words='").append(flags(verb.flags)).append('\'')
                    .append(first.isEmpty() ? "" : " first='" + first + "'").append(" ;;\n");
        }
        return script.append("        *) words='").append(verbs(" ")).append(' ').append(flags(Verb.GLOBAL)).append("' ;;\n    esac\n"
                + "    if [[ $verb && $word != -* ]]; then words=${first:-$(carafe list -q 2>/dev/null)}; fi\n"
                + "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\ncomplete -o default -F _carafe carafe\n").toString();
    }

    /** As a file of fpath, and as one that is read with source. */
    private static String zsh() {
        StringBuilder script = new StringBuilder("#compdef carafe\n_carafe() {\n    local verb='' word=${words[CURRENT]} i\n"
                + "    local -a flags first\n    for ((i = 2; i < CURRENT; i++)); do\n        case ${words[i]} in\n            "
                + verbs("|") + ") verb=${words[i]}; break ;;\n        esac\n    done\n    case $verb in\n");
        for (Verb verb : Verb.values()) {
            script.append("        ").append(verb.text).append(") flags=(").append(described(verb.flags)).append(")")
                    .append(verb.firstWords().isEmpty() ? "" : " first=(" + String.join(" ", verb.firstWords()) + ")").append(" ;;\n");
        }
        script.append("        *) flags=(").append(described(Verb.GLOBAL)).append(") first=(");
        for (Verb verb : Verb.values()) {
            script.append(verb.ordinal() == 0 ? "" : " ").append(quoted(verb.text + ":" + verb.help.replace(":", "\\:")));
        }
        return script.append(") ;;\n    esac\n    if [[ $word == -* ]]; then\n        _describe -o flag flags\n"
                + "    elif (( $#first )); then\n        _describe word first\n    else\n"
                + "        first=(${(f)\"$(carafe list -q 2>/dev/null)\"})\n        _describe container first\n        _files\n    fi\n}\n"
                + "if [[ $funcstack[1] == _carafe ]]; then _carafe \"$@\"; else compdef _carafe carafe; fi\n").toString();
    }

    private static String described(List<Flag> flags) {
        StringBuilder words = new StringBuilder();
        for (Flag flag : flags) {
            words.append(words.length() == 0 ? "" : " ").append(quoted("--" + flag.name + ":" + flag.help.replace(":", "\\:")));
        }
        return words.toString();
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String fish() {
        StringBuilder script = new StringBuilder();
        for (Verb verb : Verb.values()) {
            script.append("complete -c carafe -f -n __fish_use_subcommand -a ").append(verb.text).append(" -d '").append(verb.help.replace("'", "\\'")).append("'\n");
            for (Flag flag : verb.flags) {
                fish(script, "'__fish_seen_subcommand_from " + verb.text + "'", flag);
            }
        }
        for (Flag flag : Verb.GLOBAL) {
            fish(script, "__fish_use_subcommand", flag);
        }
        return script.toString();
    }

    private static void fish(StringBuilder script, String when, Flag flag) {
        script.append("complete -c carafe -n ").append(when).append(" -l ").append(flag.name)
                .append(flag.letter.isEmpty() ? "" : " -s " + flag.letter).append(flag.isSwitch() || flag.mayStandAlone() ? "" : " -r")
                .append(" -d '").append(flag.help.replace("'", "\\'")).append("'\n");
    }

    private static String verbs(String separator) {
        StringBuilder words = new StringBuilder();
        for (Verb verb : Verb.values()) {
            words.append(words.length() == 0 ? "" : separator).append(verb.text);
        }
        return words.toString();
    }

    private static String flags(List<Flag> flags) {
        StringBuilder words = new StringBuilder();
        for (Flag flag : flags) {
            words.append(words.length() == 0 ? "--" : " --").append(flag.name);
        }
        return words.toString();
    }
}
