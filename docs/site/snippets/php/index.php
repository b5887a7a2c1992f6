<?php
// php -S 127.0.0.1:5000 index.php
declare(strict_types=1);

const ACR = 'urn:yitong:acr:';
const PRESENT_SECONDS = 15 * 60; // level 3 is level 2 again after that

['ISSUER' => $issuer, 'CLIENT_ID' => $client, 'CLIENT_SECRET' => $secret, 'ORIGIN' => $origin] = getenv();

session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax', 'use_strict_mode' => true]);

function refuse(string $why): never
{
    http_response_code(400);
    exit(htmlspecialchars($why));
}

/** A JSON answer of the provider's. With https, curl checks whose it is; leave its checks on. */
function call(string $address, array $form = [], array $options = []): array
{
    $curl = curl_init($address);
    curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 10] + $options);
    if ($form) {
        curl_setopt($curl, CURLOPT_POSTFIELDS, http_build_query($form));
    }
    $answer = json_decode((string) curl_exec($curl), true);
    $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    if ($status !== 200 || !is_array($answer)) {
        refuse('Not signed in: ' . ($answer['error'] ?? "no answer ($status)"));
    }
    return $answer;
}

function base64url(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

function unbase64url(string $text): string
{
    return (string) base64_decode(strtr($text, '-_', '+/'));
}

/** What an id_token says, if its signature is the provider's: ES256, as registered (RFC 7518 section 3.4). */
function verified(string $token): array
{
    [$head, $payload, $signature] = explode('.', $token) + ['', '', ''];
    $header = json_decode(unbase64url($head), true);
    $halves = str_split(unbase64url($signature), 32);
    // Read anew for each sign-in, here; keep them for an hour in earnest, and read them when a kid is unknown.
    foreach (call(metadata()['jwks_uri'])['keys'] as $key) {
        $fits = $key['kty'] === 'EC' && $key['crv'] === 'P-256' && ($key['kid'] ?? '') === ($header['kid'] ?? null);
        if (!$fits || ($header['alg'] ?? '') !== 'ES256' || count($halves) !== 2) {
            continue;
        }
        // OpenSSL takes key and signature as DER: the point of P-256, and two integers.
        $point = hex2bin('3059301306072a8648ce3d020106082a8648ce3d03010703420004') . unbase64url($key['x']) . unbase64url($key['y']);
        $public = "-----BEGIN PUBLIC KEY-----\n" . chunk_split(base64_encode($point), 64) . "-----END PUBLIC KEY-----\n";
        $der = '';
        foreach ($halves as $half) {
            $number = ltrim($half, "\0");
            $number = $number === '' || ord($number[0]) > 127 ? "\0$number" : $number;
            $der .= "\x02" . chr(strlen($number)) . $number;
        }
        $der = "\x30" . chr(strlen($der)) . $der;
        if (openssl_verify("$head.$payload", $der, $public, OPENSSL_ALGO_SHA256) === 1) {
            return json_decode(unbase64url($payload), true);
        }
    }
    refuse('Not signed in: the id_token is not the provider\'s.');
}

/** Where the endpoints are. Keep it for an hour in earnest. */
function metadata(): array
{
    global $issuer;
    $found = call("$issuer/.well-known/openid-configuration");
    return $found['issuer'] === $issuer ? $found : refuse('The metadata are of another provider.');
}

function level(): int
{
    $person = $_SESSION['person'] ?? null;
    if (!$person) {
        return 0;
    }
    return time() < $person['present_until'] ? $person['level'] : min($person['level'], 2);
}

/** Lead to the provider, for this level at least, and back to this page. */
function need(int $wanted): void
{
    global $client, $origin;
    if (level() >= $wanted) {
        return;
    }
    $asked = ['wanted' => $wanted, 'to' => $_SERVER['REQUEST_URI']];
    foreach (['state', 'nonce', 'verifier'] as $name) {
        $asked[$name] = base64url(random_bytes(32));
    }
    $_SESSION['asked'] = $asked;
    header('Location: ' . metadata()['authorization_endpoint'] . '?' . http_build_query([
        'response_type' => 'code',
        'client_id' => $client,
        'redirect_uri' => "$origin/callback",
        'scope' => 'openid profile',
        'acr_values' => ACR . $wanted,
        'state' => $asked['state'],
        'nonce' => $asked['nonce'],
        'code_challenge' => base64url(hash('sha256', $asked['verifier'], true)),
        'code_challenge_method' => 'S256',
    ]));
    exit;
}

function callback(): void
{
    global $issuer, $client, $secret, $origin;
    $asked = $_SESSION['asked'] ?? refuse('Begin again: no sign-in was begun in this browser.');
    unset($_SESSION['asked']); // once
    if (!hash_equals($asked['state'], $_GET['state'] ?? '')) {
        refuse('This answer is not to a question of this browser.');
    }
    if (($_GET['iss'] ?? '') !== $issuer) { // RFC 9207
        refuse('This answer is not the provider\'s.');
    }
    if (isset($_GET['error'])) {
        refuse('Not signed in: ' . $_GET['error']);
    }
    $endpoints = metadata();
    $tokens = call($endpoints['token_endpoint'], [
        'grant_type' => 'authorization_code',
        'code' => $_GET['code'] ?? '',
        'redirect_uri' => "$origin/callback",
        'code_verifier' => $asked['verifier'],
    ], [CURLOPT_USERPWD => "$client:$secret"]);

    $claims = verified($tokens['id_token'] ?? '');
    $of_token = base64url(substr(hash('sha256', $tokens['access_token'], true), 0, 16));
    $reached = (int) str_replace(ACR, '', $claims['acr']);
    if (
        $claims['iss'] !== $issuer
        || (array) $claims['aud'] !== [$client]
        || $claims['exp'] < time() - 30 // clocks differ by so much
        || max($claims['iat'], $claims['nbf'] ?? 0) > time() + 30
        || ($claims['at_hash'] ?? $of_token) !== $of_token
        || !hash_equals($asked['nonce'], $claims['nonce'] ?? '')
        || $reached < $asked['wanted']
    ) {
        refuse('Not signed in: the id_token is not for this sign-in.');
    }
    $person = call($endpoints['userinfo_endpoint'], [], [
        CURLOPT_HTTPHEADER => ["Authorization: Bearer {$tokens['access_token']}"],
    ]);
    if ($person['sub'] !== $claims['sub']) {
        refuse('Not signed in: somebody else\'s answer.');
    }
    session_regenerate_id(true); // a new session id for who has signed in
    $_SESSION['person'] = [
        'sub' => $person['sub'], // key your records on it
        'name' => $person['name'],
        'level' => $reached,
        'present_until' => time() + PRESENT_SECONDS,
    ];
    header("Location: {$asked['to']}");
}

switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case '/':
        echo '<a href="/me">Sign in</a>';
        break;
    case '/me':
        need(2);
        echo '<h1>' . htmlspecialchars($_SESSION['person']['name']) . '</h1>';
        break;
    case '/filing':
        need(3);
        echo 'You are here in person.';
        break;
    case '/callback':
        callback();
        break;
    default:
        http_response_code(404);
}
