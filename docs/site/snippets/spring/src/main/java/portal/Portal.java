package portal;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenDecoderFactory;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.client.web.OAuth2LoginAuthenticationFilter;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoderFactory;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.view.RedirectView;
import org.springframework.web.util.HtmlUtils;

@SpringBootApplication
public class Portal {
  static final String ACR = "urn:yitong:acr:";
  static final String BEGIN = "/oauth2/authorization";
  static final long PRESENT_SECONDS = 15 * 60; // level 3 is level 2 again after that

  public static void main(String[] arguments) {
    SpringApplication.run(Portal.class, arguments);
  }

  @Bean
  SecurityFilterChain security(HttpSecurity http, ClientRegistrationRepository clients) throws Exception {
    String issuer = clients.findByRegistrationId("yitong").getProviderDetails().getIssuerUri();
    var requests = new DefaultOAuth2AuthorizationRequestResolver(clients, BEGIN);
    // state, nonce, the signature, aud and exp are Spring's; PKCE it has to be told of, and the level.
    Consumer<OAuth2AuthorizationRequest.Builder> withLevel = request ->
        request.additionalParameters(more -> more.put("acr_values", ACR + wanted()));
    requests.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce().andThen(withLevel));
    return http
        .authorizeHttpRequests(paths -> paths.requestMatchers("/").permitAll().anyRequest().authenticated())
        .addFilterBefore(new OfThisProvider(issuer), OAuth2LoginAuthenticationFilter.class)
        .oauth2Login(login -> login
            .authorizationEndpoint(endpoint -> endpoint.authorizationRequestResolver(requests))
            .userInfoEndpoint(endpoint -> endpoint.oidcUserService(Portal::atLevelTwo)))
        .build();
  }

  /** As registered; Spring takes RS256 unless it is told. */
  @Bean
  JwtDecoderFactory<ClientRegistration> idTokens() {
    var decoders = new OidcIdTokenDecoderFactory();
    decoders.setJwsAlgorithmResolver(client -> SignatureAlgorithm.ES256);
    return decoders;
  }

  private static String wanted() {
    HttpServletRequest request = ((ServletRequestAttributes) RequestContextHolder.currentRequestAttributes()).getRequest();
    return "3".equals(request.getParameter("level")) ? "3" : "2";
  }

  private static int level(OidcUser person) {
    return Integer.parseInt(Optional.ofNullable(person.getClaimAsString("acr")).orElse(ACR + 0).replace(ACR, ""));
  }

  /** Never less than what every sign-in asks for. */
  private static OidcUser atLevelTwo(OidcUserRequest request) {
    OidcUser person = new OidcUserService().loadUser(request);
    if (level(person) < 2) {
      throw new OAuth2AuthenticationException("level_not_reached");
    }
    return person;
  }

  /** RFC 9207: an answer of another provider is not taken. Spring does not look at it. */
  private static class OfThisProvider extends OncePerRequestFilter {
    private final String issuer;

    OfThisProvider(String issuer) {
      this.issuer = issuer;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain next)
        throws IOException, ServletException {
      if (request.getRequestURI().startsWith("/login/oauth2/code/") && !issuer.equals(request.getParameter("iss"))) {
        response.sendError(HttpServletResponse.SC_BAD_REQUEST, "This answer is not the provider's.");
      } else {
        next.doFilter(request, response);
      }
    }
  }

  @RestController
  static class Pages {
    @GetMapping("/")
    String home() {
      return "<a href='/me'>Sign in</a>";
    }

    @GetMapping("/me")
    String me(@AuthenticationPrincipal OidcUser person) {
      return "<h1>" + HtmlUtils.htmlEscape(person.getFullName()) + "</h1>";
    }

    @GetMapping("/filing")
    Object filing(@AuthenticationPrincipal OidcUser person) {
      boolean isPresent = person.getIssuedAt().plusSeconds(PRESENT_SECONDS).isAfter(Instant.now());
      return level(person) >= 3 && isPresent ? "You are here in person." : new RedirectView(BEGIN + "/yitong?level=3");
    }
  }
}
