<?php
/**
 * Prints what a PHP 7.2 would not understand in the files named: php syntax.php FILE... Nothing printed: nothing found.
 *
 * For machines whose own PHP is newer. It knows the additions that are easily written by habit, not the whole grammar.
 */
const NEW_FUNCTIONS = [
    'str_contains', 'str_starts_with', 'str_ends_with', 'get_debug_type', 'get_resource_id', 'fdiv', 'array_is_list',
    'preg_last_error_msg', 'mb_str_split', 'password_algos', 'array_key_first', 'array_key_last', 'is_countable', 'hrtime',
    'array_find', 'array_any', 'array_all', 'json_validate', 'mb_str_pad', 'mb_trim', 'enum_exists', 'fsync',
];
const NEW_CONSTANTS = ['JSON_THROW_ON_ERROR'];
const NEW_TOKENS = [
    'T_FN' => 'arrow function (7.4)', 'T_COALESCE_EQUAL' => '??= (7.4)', 'T_MATCH' => 'match (8.0)',
    'T_NULLSAFE_OBJECT_OPERATOR' => '?-> (8.0)', 'T_ATTRIBUTE' => 'attribute (8.0)', 'T_ENUM' => 'enum (8.1)',
    'T_READONLY' => 'readonly (8.1)', 'T_ELLIPSIS' => '... (in arrays 7.4, as a callable 8.1)',
    'T_DOLLAR_OPEN_CURLY_BRACES' => '"${}" (deprecated in 8.2)',
];
const MODIFIERS = [T_PUBLIC, T_PROTECTED, T_PRIVATE, T_VAR, T_STATIC, T_ABSTRACT, T_FINAL];

/** [kind, text, line] without white space and comments; kind is 0 for a sign. */
function significant($code)
{
    $tokens = [];
    $line = 1;
    foreach (token_get_all($code) as $token) {
        $line = is_array($token) ? $token[2] : $line;
        if (!is_array($token) || !in_array($token[0], [T_WHITESPACE, T_COMMENT, T_DOC_COMMENT], true)) {
            $tokens[] = is_array($token) ? $token : [0, $token, $line];
        }
    }

    return $tokens;
}

function findings($code)
{
    $tokens = significant($code);
    $found = [];
    $end = [0, '', 0];
    foreach ($tokens as $at => $token) {
        list($kind, $text, $line) = $token;
        $before = $at ? $tokens[$at - 1] : $end;
        $after = isset($tokens[$at + 1]) ? $tokens[$at + 1] : $end;
        $second = isset($tokens[$at + 2]) ? $tokens[$at + 2] : $end;
        $what = null;
        if ($kind && isset(NEW_TOKENS[token_name($kind)])) {
            $what = NEW_TOKENS[token_name($kind)];
        } elseif ($text === ',' && $after[1] === ')') {
            $what = 'comma at the end of a list in parentheses (7.3, 8.0)';
        } elseif ($kind === T_STRING && in_array($before[1], ['(', ','], true) && $after[1] === ':') {
            $what = 'named argument (8.0)';
        } elseif ($kind === T_STRING && $after[1] === '(' && in_array(strtolower($text), NEW_FUNCTIONS, true)
            && !in_array($before[0], [T_OBJECT_OPERATOR, T_DOUBLE_COLON, T_FUNCTION], true)) {
            $what = 'newer function';
        } elseif ($kind === T_STRING && in_array($text, NEW_CONSTANTS, true)) {
            $what = 'newer constant';
        } elseif (in_array($kind, [T_PUBLIC, T_PROTECTED, T_PRIVATE, T_VAR], true)) {
            $next = $at + 1;
            while (in_array($tokens[$next][0], MODIFIERS, true)) {
                ++$next;
            }
            $typed = !in_array($tokens[$next][0], [T_VARIABLE, T_FUNCTION, T_CONST], true);
            $promoted = in_array($before[1], ['(', ','], true);
            $what = $promoted ? 'promoted property (8.0)' : ($typed ? 'typed property (7.4)' : null);
        } elseif ($kind === T_CONST && $after[0] === T_STRING && $second[0] === T_STRING) {
            $what = 'typed constant (8.3)';
        } elseif ($kind === T_FUNCTION) {
            $what = signature($tokens, $at);
        } elseif ($kind === T_THROW && (!in_array($before[1], [';', '{', '}', ')', ':'], true) || $tokens[$at - 2][1] === '?')) {
            $what = 'throw as an expression (8.0)';
        } elseif ($kind === T_CATCH && strpos(until($tokens, $at, ')'), '$') === false) {
            $what = 'catch without a variable (8.0)';
        } elseif (in_array($kind, [T_LNUMBER, T_DNUMBER], true) && strpos($text, '_') !== false) {
            $what = 'underscore in a number (7.4)';
        } elseif ($kind === T_END_HEREDOC && ltrim($text) !== $text) {
            $what = 'indented heredoc (7.3)';
        } elseif ($kind === T_VARIABLE && $after[0] === T_DOUBLE_COLON && $second[0] === T_CLASS) {
            $what = '$object::class (8.0)';
        }
        if ($what) {
            $found[] = "$line: $what: $text";
        }
    }

    return $found;
}

/** Types that are too new, between `function` and its body. */
function signature(array $tokens, $at)
{
    $text = ' ' . until($tokens, $at, '{', ';') . ' ';
    if (preg_match('/[\w\\\\] [|&] [\w\\\\]/', $text)) {
        return 'union or intersection type (8.0)';
    }

    return preg_match('/[(,:?] (mixed|never|static|false|true|null) (\$|$)/', $text) ? 'newer type (8.0)' : null;
}

/** The texts from $at up to the first of these signs. */
function until(array $tokens, $at, ...$signs)
{
    $texts = [];
    for (; isset($tokens[$at]) && !in_array($tokens[$at][1], $signs, true); ++$at) {
        $texts[] = $tokens[$at][1];
    }

    return implode(' ', $texts);
}

foreach (array_slice($argv, 1) as $file) {
    foreach (findings(file_get_contents($file)) as $finding) {
        echo "$file:$finding\n";
    }
}
